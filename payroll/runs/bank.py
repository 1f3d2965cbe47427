"""Wages that the bank has paid (Belastung der Löhne): known by our order, booked against the clearing account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum

from accounting.banking.matching.hearing import Booked
from accounting.banking.matching.orders import Ordered
from accounting.banking.matching.payments import Payment, payments_of
from accounting.banking.models import BankTransaction
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.ledger.models.accounts import Purpose
from erp.companies.models import Company
from erp.core.money import ZERO
from payroll.runs.keeping import glance
from payroll.runs.models import PayrollRun, Payslip, WageOrder

Status = PayrollRun.Status


def ordered_by(company: Company, debits: Sequence[Payment]) -> Mapping[tuple[int, int], Ordered]:
    """Which debits of a statement are orders of wages: at most three queries.

    The bank names the block or the message; without either, an order is known by account and amount.
    """
    waiting = _waiting(company)
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


def _waiting(company: Company) -> list[WageOrder]:
    """Orders that no entry of the bank is known of, given up or not: one query."""
    rows = WageOrder.of(company).filter(booked_entry=None).select_related("run")
    return list(rows.defer("file").order_by("pk"))


def _order_of(
    debit: Payment, waiting: Sequence[WageOrder], bank: int
) -> tuple[WageOrder | None, bool]:
    mine = [one for one in waiting if one.bank_account_id == bank]
    for one in mine:
        if debit.block_id == one.block or debit.message_id == one.message:
            return one, True
    named_otherwise = debit.end_to_end_id or debit.block_id or debit.message_id
    return (None if named_otherwise else _of_amount(-debit.amount, mine)), False


def _of_amount(amount: Decimal, orders: Sequence[WageOrder]) -> WageOrder | None:
    """The one order at the bank of an amount."""
    same = [one for one in orders if one.total == amount and one.recalled_at is None]
    return same[0] if len(same) == 1 else None


def hear(effect: Booked) -> None:
    """A debit was booked, however: if it is an order of wages, whole, the order is; then the run is paid.

    What does not touch the clearing account is no wages. Booked against it, an order is known by its
    amount, too, whatever else the bank calls it.
    """
    movement, company = effect.movement, effect.movement.company
    waiting = _waiting(company) if movement.amount < 0 else []
    cleared = _cleared(effect.entry) if waiting else ZERO
    if cleared <= 0:
        return
    debits = [one for one in payments_of(movement) if one.amount < 0]
    found: list[tuple[WageOrder, bool]] = []
    for debit in debits:
        order, is_named = _order_of(debit, waiting, movement.bank_account_id)
        if order is None:
            mine = [one for one in waiting if one.bank_account_id == movement.bank_account_id]
            order = _of_amount(cleared if len(debits) == 1 else -debit.amount, mine)
        if order is not None and order.total <= cleared:
            cleared -= order.total
            waiting.remove(order)
            found.append((order, is_named))
    _note(effect, found)


def _cleared(entry: JournalEntry) -> Decimal:
    """What an entry takes off the clearing account of wages, in CHF."""
    rows = EntryLine.of(entry.company_id).filter(
        entry=entry, account__purpose=Purpose.WAGES_CLEARING
    )
    told = rows.aggregate(debit=Sum("debit", default=ZERO), credit=Sum("credit", default=ZERO))
    return Decimal(told["debit"] - told["credit"])


def _note(effect: Booked, found: Sequence[tuple[WageOrder, bool]]) -> None:
    """Note orders as booked. Their runs are held first, as by whoever gives orders up."""
    company = effect.entry.company_id
    runs = sorted({order.run_id for order, _named in found})
    held = PayrollRun.of(company).select_for_update(no_key=True).filter(pk__in=runs)
    list(held.order_by("pk").values_list("pk", flat=True))
    told = {"booked_entry": effect.entry, "booked_on": effect.movement.booking_date}
    for order, is_named in found:
        rows = WageOrder.of(company).filter(pk=order.pk, booked_entry=None)
        if not is_named:  # by its amount none is taken that was given up meanwhile
            rows = rows.filter(recalled_at=None)
        rows.update(**told)
    for run in runs:
        close(company, run)


def close(company: int, run: int) -> None:
    """A run that is held is paid once nothing of it is at the bank any more, and all was debited."""
    orders = WageOrder.of(company).filter(run=run)
    if orders.filter(booked_entry=None, recalled_at=None).exists():
        return
    if orders.exclude(recalled_at=None).exists():
        booked = orders.exclude(booked_entry=None).aggregate(sum=Sum("total", default=ZERO))["sum"]
        slips = Payslip.of(company).filter(run=run).defer("paper")
        if booked != sum((part.amount for one in slips for part in glance(one).payout), ZERO):
            return
    PayrollRun.of(company).filter(pk=run, status=Status.POSTED).update(status=Status.PAID)


def hear_undone(entry: JournalEntry) -> None:
    """A booking was undone: its order is at the bank again."""
    rows = WageOrder.of(entry.company_id).filter(booked_entry=entry)
    runs = sorted(set(rows.values_list("run_id", flat=True)))
    if runs:
        mine = PayrollRun.of(entry.company_id).filter(pk__in=runs)
        list(mine.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        rows.update(booked_entry=None, booked_on=None)
        mine.filter(status=Status.PAID).update(status=Status.POSTED)
