"""Preparing a payment run (Zahlungslauf vorbereiten), and changing it while it is a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import partial

from django.db import connection, transaction
from django.db.models import Max

from accounting.banking.models import BankAccount
from accounting.open_items.models import OpenItem
from accounting.open_items.planning import discount_of
from accounting.open_items.settling import hold
from accounting.payments import gathering
from accounting.payments.bank_days import is_bank_day, next_bank_day
from accounting.payments.models import PaymentRun, RunItem, RunPayment
from accounting.payments.payees import accounts_of
from accounting.payments.proposing import propose
from accounting.payments.refusals import (
    BadAmount,
    CreditTooLarge,
    DayGone,
    NoSuchPart,
    NotABankDay,
    NothingToPay,
    NotOpenToChange,
)
from accounting.payments.values import PlannedPayment, Proposal
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.money import ZERO

Status = PaymentRun.Status


@transaction.atomic
def draft(
    bank: BankAccount, *, date: dt.date, until: dt.date, by: User, currency: str = "",
    only: Collection[int] | None = None, left_out: Iterable[int] = (), batch: bool = True,
    is_salary: bool = False, advice: str = "",
) -> PaymentRun:  # fmt: skip
    """Make a run of what ``proposing.propose`` proposes; its items are in no other run from then on.

    Nothing is posted. ``batch`` books one debit for all at the bank; ``is_salary`` marks wages, which
    are one debit always. Raises ``DayGone``, ``NotABankDay`` or ``NothingToPay``.
    """
    currency = currency or bank.currency
    require_day(date, currency)
    alone(bank.company)
    wanted = partial(
        propose, bank, date=date, until=until, currency=currency, only=only, left_out=[*left_out]
    )
    found = _held(bank, wanted()) or _held(bank, wanted())
    if found is None or not found.payments:
        raise NothingToPay(date=date)
    last = PaymentRun.of(bank.company).aggregate(last=Max("number"))["last"] or 0
    run: PaymentRun = PaymentRun.unscoped.create(
        company=bank.company, number=last + 1, bank_account=bank, currency=currency, date=date,
        batch=batch or is_salary, is_salary=is_salary, advice=advice, created_at=clock.now(),
        created_by=by,
    )  # fmt: skip
    _write(run, found.payments)
    trail.record(company=bank.company, by=by, action="payment_run.draft", subject=run,
                 details={"date": date, "count": len(found.payments), "total": found.total})  # fmt: skip
    return run


def require_day(date: dt.date, currency: str) -> None:
    """Raises ``DayGone`` or ``NotABankDay``."""
    if date < clock.today():
        raise DayGone(date=date)
    if not is_bank_day(date, currency):
        raise NotABankDay(date=date, next=next_bank_day(date, currency))


def alone(company: Company) -> None:
    """Let no two people prepare runs of a company at once; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))",
                       [f"payments:{company.pk}"])  # fmt: skip


def _held(bank: BankAccount, found: Proposal) -> Proposal | None:
    """The proposal with its items held; None where one was settled in part meanwhile."""
    planned = {one.owed.id: one.owed for payment in found.payments for one in payment.items}
    items = hold(bank.company, [OpenItem(pk=pk) for pk in planned])
    same = all(items[pk].open_amount == one.open_amount for pk, one in planned.items())
    return found if same else None


def _write(run: PaymentRun, planned: list[PlannedPayment]) -> None:
    payees = accounts_of(run.company, {one.items[0].owed.whose for one in planned})
    payments: list[RunPayment] = RunPayment.unscoped.bulk_create(
        (
            RunPayment(
                company=run.company, run=run, position=nth, contact_id=one.items[0].owed.contact,
                party=one.party, date=run.date, amount=one.amount,
                end_to_end_id=f"R{run.number}-{nth}", details_at=one.details.at,
                details_by_id=gathering.editor_of(one.items[0].owed.whose, one.details, payees),
                **{**one.details.kept(), "message": one.message},
            )
            for nth, one in enumerate(planned, 1)
        ), batch_size=1000,
    )  # fmt: skip
    RunItem.unscoped.bulk_create(
        (
            RunItem(company=run.company, run=run, payment=payment, item_id=item.owed.id,
                    paid=item.paid, discount=item.discount)
            for payment, one in zip(payments, planned, strict=True) for item in one.items
        ), batch_size=2000,
    )  # fmt: skip


# --- changes ----------------------------------------------------------------------------------------
def held_run(run: PaymentRun) -> PaymentRun:
    """A run as it is now, held until the transaction ends."""
    rows = PaymentRun.of(run.company_id)
    rows.select_for_update(of=("self",)).get(pk=run.pk)
    found: PaymentRun = rows.select_related("company", "bank_account__account", "file").get(
        pk=run.pk
    )
    return found


def editing(run: PaymentRun, *, by: User) -> PaymentRun:
    """A run that may be changed: an approval is gone with the change. Raises ``NotOpenToChange``."""
    held = held_run(run)
    if held.status not in {Status.DRAFT, Status.APPROVED}:
        raise NotOpenToChange(number=held.number, status=held.get_status_display())
    if held.status == Status.APPROVED:
        _void(held, by)
    held.changed_by = by
    held.save(update_fields=["changed_by"])
    return held


def _void(held: PaymentRun, by: User) -> None:
    was = held.digest
    held.status, held.digest, held.waiver = Status.DRAFT, "", ""
    held.approved_at = held.approved_by = None
    held.save(update_fields=["status", "digest", "waiver", "approved_at", "approved_by"])
    trail.record(company=held.company, by=by, action="payment_run.reopen", subject=held,
                 details={"digest": was})  # fmt: skip


@transaction.atomic
def take_out(run: PaymentRun, *, by: User, payment: int, item: int | None = None) -> PaymentRun:
    """Take a payment out of a run, or with ``item`` (a row of it) that alone; it can be proposed again.

    An approval is void. Raises ``NotOpenToChange``, ``NoSuchPart`` or ``CreditTooLarge``.
    """
    held = editing(run, by=by)
    found = _payment(held, payment)
    rows = RunItem.of(held.company_id).filter(payment=found)
    if item is None:
        rows.delete()
        found.delete()
    else:
        gone, _each = rows.filter(pk=item).delete()
        if not gone:
            raise NoSuchPart
        _sum_up(found)
    trail.record(company=held.company, by=by, action="payment_run.change", subject=held,
                 details={"gone": f"{found.party} {found.amount}"})  # fmt: skip
    return held


@transaction.atomic
def set_amount(run: PaymentRun, *, by: User, item: int, amount: Decimal) -> PaymentRun:
    """Pay another amount of an item (a row of the run), in its currency; the rest stays open.

    A discount is taken where it settles the item with that amount. An approval is void. Raises
    ``NotOpenToChange``, ``NoSuchPart``, ``BadAmount`` or ``CreditTooLarge``.
    """
    held = editing(run, by=by)
    row = (
        RunItem.of(held.company_id)
        .filter(run=held, pk=item)
        .select_related("item", "payment")
        .first()
    )
    if row is None:
        raise NoSuchPart
    owed, was = row.item, row.paid
    if amount * owed.open_amount <= 0 or abs(amount) > abs(owed.open_amount):
        raise BadAmount(value=amount, document=owed.document or owed.party, open=owed.open_amount)
    off = discount_of(owed, row.payment.date)
    row.paid, row.discount = amount, off if amount + off == owed.open_amount else ZERO
    row.save(update_fields=["paid", "discount"])
    _sum_up(row.payment)
    trail.record(company=held.company, by=by, action="payment_run.change", subject=held,
                 details={"paid": [f"{owed} {was}", f"{owed} {amount}"]})  # fmt: skip
    return held


@transaction.atomic
def set_date(run: PaymentRun, *, by: User, date: dt.date, payment: int | None = None) -> PaymentRun:
    """Pay on another day: one payment, or without ``payment`` all of them.

    Discounts that cannot be taken any more on that day are paid. An approval is void. Raises
    ``NotOpenToChange``, ``DayGone``, ``NotABankDay`` or ``NoSuchPart``.
    """
    held = editing(run, by=by)
    require_day(date, held.currency)
    if payment is None:
        held.date = date
        held.save(update_fields=["date"])
        found = list(RunPayment.of(held.company_id).filter(run=held))
    else:
        found = [_payment(held, payment)]
    for one in found:
        one.date = date
        one.save(update_fields=["date"])
        _reckon_discounts(one)
    trail.record(company=held.company, by=by, action="payment_run.change", subject=held,
                 details={"date": date})  # fmt: skip
    return held


def _payment(held: PaymentRun, payment: int) -> RunPayment:
    found: RunPayment | None = RunPayment.of(held.company_id).filter(run=held, pk=payment).first()
    if found is None:
        raise NoSuchPart
    return found


def _reckon_discounts(payment: RunPayment) -> None:
    """A discount is lost by a later day, and won by an earlier one where the item is paid whole."""
    for row in RunItem.of(payment.company_id).filter(payment=payment).select_related("item"):
        if row.paid + row.discount != row.item.open_amount:
            continue
        off = discount_of(row.item, payment.date) if row.item.open_amount > 0 else ZERO
        if off != row.discount:
            row.paid, row.discount = row.item.open_amount - off, off
            row.save(update_fields=["paid", "discount"])
    _sum_up(payment)


def _sum_up(payment: RunPayment) -> None:
    amounts = RunItem.of(payment.company_id).filter(payment=payment).values_list("paid", flat=True)
    total = sum(amounts, ZERO)
    if not amounts:
        payment.delete()
        return
    if total <= 0:
        raise CreditTooLarge
    payment.amount = total
    payment.save(update_fields=["amount"])
