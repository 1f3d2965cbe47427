"""Wages that the bank has paid (Belastung der Löhne): known by our order, booked against the clearing account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounting.banking.matching.hearing import Booked
from accounting.banking.matching.orders import Ordered
from accounting.banking.matching.payments import Payment, payments_of
from accounting.banking.models import BankTransaction
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from erp.companies.models import Company
from payroll.runs.models import PayrollRun, WageOrder

Status = PayrollRun.Status


def ordered_by(company: Company, debits: Sequence[Payment]) -> Mapping[tuple[int, int], Ordered]:
    """Which debits of a statement are orders of wages: at most three queries.

    The bank names the block or the message; without either, an order is known by account and amount.
    """
    waiting = list(
        WageOrder.of(company).filter(booked_entry=None).select_related("run").defer("file")
    )
    clearing = _clearing(company) if waiting else None
    if clearing is None:
        return {}
    banks = dict(
        BankTransaction.of(company).filter(pk__in={one.transaction for one in debits})
        .values_list("pk", "bank_account_id")
    )  # fmt: skip
    found = {}
    for debit in debits:
        order, is_named = _order_of(debit, waiting, banks.get(debit.transaction, 0))
        if order is not None:
            found[debit.transaction, debit.nth] = Ordered(
                f"LL-{order.run.number}", order.count, "CHF", order.total, (), is_named,
                account=clearing.number,
            )  # fmt: skip
    return found


def _clearing(company: Company) -> Account | None:
    found: Account | None = Account.of(company).filter(purpose=Purpose.WAGES_CLEARING).first()
    return found


def _order_of(
    debit: Payment, waiting: Sequence[WageOrder], bank: int
) -> tuple[WageOrder | None, bool]:
    mine = [one for one in waiting if one.bank_account_id == bank]
    for one in mine:
        if debit.block_id == one.block or debit.message_id == one.message:
            return one, True
    same = [one for one in mine if one.total == -debit.amount and debit.currency == "CHF"]
    named_otherwise = debit.end_to_end_id or debit.block_id or debit.message_id
    return (same[0] if len(same) == 1 and not named_otherwise else None), False


def hear(effect: Booked) -> None:
    """A debit was booked: if it is an order of wages, whole, the order is; then the run is paid."""
    company = effect.movement.company
    if not effect.entry.lines.filter(account__purpose=Purpose.WAGES_CLEARING).exists():  # type: ignore[attr-defined]
        return  # it was booked as something else
    debits = [one for one in payments_of(effect.movement) if one.amount < 0]
    waiting = list(WageOrder.of(company).filter(booked_entry=None).defer("file"))
    for debit in debits if waiting else ():
        order, _named = _order_of(debit, waiting, effect.movement.bank_account_id)
        if order is not None and order.total == -debit.amount:
            waiting.remove(order)
            WageOrder.of(company).filter(pk=order.pk).update(
                booked_entry=effect.entry, booked_on=effect.movement.booking_date
            )
            _close(company.pk, order.run_id)


def _close(company: int, run: int) -> None:
    """A run is paid once nothing of it is at the bank any more."""
    if not WageOrder.of(company).filter(run=run, booked_entry=None).exists():
        PayrollRun.of(company).filter(pk=run, status=Status.POSTED).update(status=Status.PAID)


def hear_undone(entry: JournalEntry) -> None:
    """A booking was undone: its order is at the bank again."""
    rows = WageOrder.of(entry.company_id).filter(booked_entry=entry)
    runs = list(rows.values_list("run_id", flat=True))
    if runs:
        rows.update(booked_entry=None, booked_on=None)
        PayrollRun.of(entry.company_id).filter(pk__in=runs, status=Status.PAID).update(
            status=Status.POSTED
        )
