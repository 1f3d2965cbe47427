"""Payments that the bank executed (Belastungen): found by the numbers of our orders, noted on the run.

The statement books them (``accounting.banking.matching``); here it is known what was ordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from accounting.banking.matching.hearing import Booked
from accounting.banking.matching.orders import Ordered
from accounting.banking.matching.payments import Payment
from accounting.banking.models import BankTransaction
from accounting.ledger.models import JournalEntry
from accounting.payments.models import PaymentRun, RunItem, RunPayment
from accounting.payments.words import REJECTED
from erp.companies.models import Company
from erp.core.bulk import update_rows
from erp.core.money import ZERO

Status = PaymentRun.Status


def ordered_by(company: Company, debits: Sequence[Payment]) -> Mapping[tuple[int, int], Ordered]:
    """What exported runs ordered, by the debits of a statement: at most three queries.

    A single payment is known by its end-to-end or instruction number, a batch by the number of its
    block or message, and without any number by account and amount of a block.
    """
    rows = _waiting(company)
    if not rows:
        return {}
    items: dict[int, list[tuple[int, Decimal, Decimal]]] = {}
    found = RunItem.of(company).filter(is_live=True, payment__in=[one.pk for one in rows])
    for payment, item, paid, off in found.values_list("payment_id", "item_id", "paid", "discount"):
        items.setdefault(payment, []).append((item, paid, off))
    rows = [one for one in rows if one.pk in items]
    banks = dict(
        BankTransaction.of(company).filter(pk__in={one.transaction for one in debits})
        .values_list("pk", "bank_account_id")
    )  # fmt: skip
    known = _Known(rows, items)
    result = {}
    for debit in debits:
        order = known.order_of(debit, banks.get(debit.transaction, 0))
        if order is not None:
            result[debit.transaction, debit.nth] = order
    return result


def _waiting(company: Company) -> list[RunPayment]:
    """Payments that are at the bank: exported, and not booked yet."""
    rows = RunPayment.of(company).filter(run__status=Status.EXPORTED, booked_entry=None)
    return list(rows.select_related("run").order_by("run", "position"))


class _Known:
    """Payments at the bank by all the numbers that a statement may tell of them."""

    def __init__(
        self, rows: Sequence[RunPayment], items: Mapping[int, list[tuple[int, Decimal, Decimal]]]
    ) -> None:
        self.items = items
        self.single = {one.end_to_end_id: one for one in rows}
        self.blocks: dict[str, list[RunPayment]] = {}
        self.messages: dict[str, list[RunPayment]] = {}
        self.amounts: dict[tuple[int, str, Decimal], list[list[RunPayment]]] = {}
        for one in rows:
            self.blocks.setdefault(one.block_id, []).append(one)
            self.messages.setdefault(one.run.message_id, []).append(one)
        for block in self.blocks.values():
            run = block[0].run
            key = run.bank_account_id, run.currency, _total(block)
            self.amounts.setdefault(key, []).append(block)

    def order_of(self, debit: Payment, bank: int) -> Ordered | None:
        for number in (debit.end_to_end_id, debit.instruction_id):
            one = self.single.get(number)
            if one is not None and one.run.bank_account_id == bank:
                return self._order([one])
        for rows in (self.blocks.get(debit.block_id), self.messages.get(debit.message_id)):
            if rows and rows[0].run.bank_account_id == bank:
                return self._order(_as_debited(rows, -debit.amount))
        same = self.amounts.get((bank, debit.currency, -debit.amount), [])
        if len(same) == 1 and not debit.end_to_end_id and len(same[0]) > 1:
            return self._order(same[0], is_named=False)
        return None

    def _order(self, rows: Sequence[RunPayment], *, is_named: bool = True) -> Ordered:
        run = rows[0].run
        items = tuple(item for one in rows for item in self.items[one.pk])
        return Ordered(str(run.number), len(rows), run.currency, _total(rows), items, is_named)


def _total(rows: Sequence[RunPayment]) -> Decimal:
    return sum((one.amount for one in rows), ZERO)


def _as_debited(rows: list[RunPayment], debited: Decimal) -> list[RunPayment]:
    """The payments of a block, less those that the bank rejected where that is what was debited."""
    kept = [one for one in rows if one.bank_status not in REJECTED]
    return kept if kept and _total(kept) == debited else rows


def hear(effect: Booked) -> None:
    """Note what a booking did to runs: what is settled is booked, what came back is open again."""
    company = effect.entry.company_id
    rows = RunItem.of(company).filter(
        item__in=effect.settled, is_live=True, run__status=Status.EXPORTED
    )
    payments = list(RunPayment.of(company).filter(pk__in=rows.values("payment")))
    if payments:
        for one in payments:
            one.booked_entry, one.booked_on = effect.entry, effect.movement.booking_date
        update_rows(RunPayment, payments, ["booked_entry", "booked_on"])
        RunItem.of(company).filter(payment__in=[one.pk for one in payments]).update(is_live=False)
        _close(company, {one.run_id for one in payments})
    for back in effect.returned:
        mine = RunItem.of(company).filter(item__in=back.items)
        came_back = RunPayment.of(company).filter(
            booked_entry=back.entry, pk__in=mine.values("payment")
        )
        came_back.update(booked_entry=None, booked_on=None, bank_status="RJCT",
                         bank_reasons=[{"code": back.reason or "MS03", "text": ""}])  # fmt: skip


def _close(company: int, runs: set[int]) -> None:
    """A run is booked once nothing of it is at the bank any more."""
    left = RunItem.of(company).filter(run__in=runs, is_live=True).values("run")
    rows = PaymentRun.of(company).filter(pk__in=runs, status=Status.EXPORTED)
    rows.exclude(Q(pk__in=left)).update(status=Status.BOOKED)


def hear_undone(entry: JournalEntry) -> None:
    """A booking was undone: its payments are at the bank again."""
    rows = RunPayment.of(entry.company_id).filter(booked_entry=entry)
    payments = dict(rows.values_list("pk", "run_id"))
    if not payments:
        return
    rows.update(booked_entry=None, booked_on=None)
    runs = PaymentRun.of(entry.company_id).filter(pk__in=set(payments.values()))
    runs.filter(status=Status.BOOKED).update(status=Status.EXPORTED)
    elsewhere = RunItem.of(entry.company_id).filter(is_live=True).values("item")
    mine = RunItem.of(entry.company_id).filter(payment__in=payments)
    mine.exclude(item__in=elsewhere).update(is_live=True)
