"""Whether a run may still be paid as it stands: what changed since it was prepared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from accounting.payments import gathering
from accounting.payments.bank_days import is_bank_day, next_bank_day
from accounting.payments.models import PaymentRun, RunItem, RunPayment
from accounting.payments.planning import Planning
from accounting.payments.values import Details, Owed, Reason, Why, reason, way_of
from erp.core import clock


@dataclass(frozen=True, slots=True)
class Checked:
    """A payment with its items, what speaks against it now, and what to look at."""

    payment: RunPayment
    items: list[RunItem]
    faults: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def discount(self) -> Decimal:
        return sum((one.discount for one in self.items), Decimal(0))


def payments_of(run: PaymentRun) -> list[tuple[RunPayment, list[RunItem]]]:
    """The payments of a run in their order, each with its items; two queries."""
    items: dict[int, list[RunItem]] = {}
    rows = RunItem.of(run.company_id).filter(run=run).select_related("item").order_by("pk")
    for row in rows:
        items.setdefault(row.payment_id, []).append(row)
    payments = RunPayment.of(run.company_id).filter(run=run).order_by("position")
    return [(one, items.get(one.pk, [])) for one in payments]


def checked(run: PaymentRun) -> list[Checked]:
    """All payments of a run with what is to be said of each now; at most nine queries."""
    rows = payments_of(run)
    owed = gathering.these(run.company, [row.item_id for _p, items in rows for row in items])
    fallback, payees, banks = gathering.judged(run.company, list(owed.values()))
    planning = Planning(run.date, run.currency, fallback, payees, banks, clock.today())
    return [_checked(run, payment, items, owed, planning) for payment, items in rows]


def _checked(
    run: PaymentRun, payment: RunPayment, items: list[RunItem], owed: Mapping[int, Owed],
    planning: Planning,
) -> Checked:  # fmt: skip
    faults = _of_day(payment, run.currency)
    warnings: Sequence[Reason] = ()
    for row in items:
        now = owed.get(row.item_id)
        open_amount = now.open_amount if now is not None else Decimal(0)
        wanted = row.paid + row.discount
        if abs(wanted) > abs(open_amount) or wanted * open_amount < 0:
            faults.append(reason(Why.ITEM_CHANGED, document=row.item.document or row.item.party,
                                 open=open_amount))  # fmt: skip
        if now is None or row.paid < 0:
            continue
        if now.blocked:
            faults.append(reason(Why.BLOCKED, reason=now.blocked))
        details = now.instructed or planning.fallback.get(now.contact or 0)
        if details is None or _differs(payment, details):
            faults.append(reason(Why.DETAILS_CHANGED, payee=payment.payee))
            continue
        against, warnings = planning.look(now.whose, details)
        faults += against
    once = {str(fault): fault for fault in faults}
    return Checked(payment, items, tuple(once.values()), tuple(warnings))


def _of_day(payment: RunPayment, currency: str) -> list[Reason]:
    if payment.date < clock.today():
        return [reason(Why.DAY_PAST, date=payment.date)]
    if not is_bank_day(payment.date, currency):
        return [
            reason(Why.NO_BANK_DAY, date=payment.date, next=next_bank_day(payment.date, currency))
        ]
    return []


def _differs(payment: RunPayment, details: Details) -> bool:
    return way_of(payment) != way_of(replace(details, **details.kept()))
