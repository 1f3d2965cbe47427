"""Planning payments (geplante Zahlungen): what a company expects itself, once or again and again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger.recurring import following
from accounting.liquidity.models import PlannedPayment
from erp.access.models import User
from erp.audit import trail
from erp.core.errors import DomainError
from erp.reference.models import Currency

_SHOWN: Final = ("date", "text", "amount", "currency", "rhythm", "until")
_Rhythm = PlannedPayment.Rhythm


class NothingPlanned(DomainError):
    code = "liquidity.nothing_planned"
    message = _("Give an amount: positive for what comes in, negative for what goes out.")
    field = "amount"


class UnknownCurrency(DomainError):
    code = "liquidity.unknown_currency"
    message = _("“%(value)s” is no currency. Write three letters, such as CHF or EUR.")
    field = "currency"


class EndsFirst(DomainError):
    code = "liquidity.ends_first"
    message = _("The last day, %(until)s, lies before the first of %(date)s. Correct one.")
    field = "until"


@transaction.atomic
def save_planned(planned: PlannedPayment, *, by: User) -> PlannedPayment:
    """Add or change a planned payment. Raises ``NothingPlanned``, ``UnknownCurrency``, ``EndsFirst``."""
    planned.currency = planned.currency.upper() or planned.company.currency
    if not planned.amount:
        raise NothingPlanned
    own = planned.currency == planned.company.currency
    if not own and not Currency.objects.filter(code=planned.currency).exists():
        raise UnknownCurrency(value=planned.currency)
    if planned.until is not None and planned.until < planned.date:
        raise EndsFirst(until=planned.until, date=planned.date)
    before = PlannedPayment.of(planned.company).filter(pk=planned.pk).first()
    planned.save()
    told = _told(planned)
    if before is None:
        trail.record(company=planned.company, by=by, action="planned_payment.add",
                     subject=planned, details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(_told(before), told):
        trail.record(company=planned.company, by=by, action="planned_payment.change",
                     subject=planned, details=changed)  # fmt: skip
    return planned


@transaction.atomic
def delete_planned(planned: PlannedPayment, *, by: User) -> None:
    """Take a planned payment back."""
    trail.record(company=planned.company, by=by, action="planned_payment.delete", subject=planned,
                 details=trail.filled(_told(planned)))  # fmt: skip
    planned.delete()


def dates(planned: PlannedPayment, start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The days from ``start`` to ``end`` on which it falls, by its rhythm."""
    day, last = planned.date, min(end, planned.until or end)
    while day <= last:
        if day >= start:
            yield day
        if planned.rhythm == _Rhythm.ONCE:
            return
        if planned.rhythm == _Rhythm.WEEK:
            day += dt.timedelta(days=7)
        else:
            day = following(day, planned.rhythm, anchor=planned.date.day)


def _told(planned: PlannedPayment) -> dict[str, Any]:
    return trail.values(planned, *_SHOWN)
