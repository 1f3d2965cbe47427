"""Billing hours (Stunden fakturieren): a draft of an invoice, and what frees its hours again.

The hours belong to the whole document: they are free again when the draft is deleted, or when all of the
invoice is credited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.hours.durations import hours
from accounting.hours.errors import (
    NobodyToBill,
    NothingToBill,
    RateMissing,
    TooManyToBill,
)
from accounting.hours.models import HourEntry, Project
from accounting.hours.projects import held
from accounting.hours.queries import worth
from accounting.hours.rates import Rates
from accounting.receivables import drafting
from accounting.receivables.amounts import Rounding
from accounting.receivables.issuing import credit_notes_of
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO, split_by, to_centimes
from vat.codes.breakdown import Basis

_State = HourEntry.State
MOST_LINES: Final = 500
HOUR: Final = "h"
_BILLED: Final = ("state", "document", "billed_rate", "billed_amount", "version")


class Grouping(models.TextChoices):
    """What stands on one line of the invoice; other rates are always other lines."""

    ENTRY = "entry", gettext_lazy("each entry with its day and text")
    TEXT = "text", gettext_lazy("hours of the same text")
    PERSON = "person", gettext_lazy("hours of the same person")
    MONTH = "month", gettext_lazy("hours of the same month")
    PROJECT = "project", gettext_lazy("all hours together")


@dataclass(slots=True)
class _Group:
    rate: Decimal
    entries: list[HourEntry]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.entries)

    @property
    def amount(self) -> Decimal:
        """What the line comes to, without VAT."""
        return worth(self.minutes, self.rate)


def waiting(company: Company, project: Project, until: dt.date) -> QuerySet[HourEntry]:
    """The approved hours of a project that wait for an invoice."""
    rows = HourEntry.of(company).filter(
        project=project, state=_State.APPROVED, is_billable=True, day__lte=until
    )
    return rows.select_related("user", "project").order_by("day", "pk")


@transaction.atomic
def bill(
    *, company: Company, project: Project, until: dt.date, date: dt.date, grouping: str, by: User
) -> SalesDocument:  # fmt: skip
    """Write the draft of an invoice over the approved hours of a project until a day.

    ``date`` is that of the invoice, ``grouping`` a ``Grouping``. Rates are without VAT, in the project's
    currency; a line comes to its minutes at the rate of an hour, rounded to centimes, whatever four
    decimals of an hour leave (``_measured``). The hours are billed by the draft from now on.

    Raises ``NobodyToBill``, ``NothingToBill``, ``RateMissing``, ``TooManyToBill``, and
    what ``drafting.save`` raises; then nothing is written.
    """
    project = held(project)
    if project.contact is None:
        raise NobodyToBill(name=project.name)
    rows = waiting(company, project, until).select_for_update(of=("self",))
    found = list(rows)
    if not found:
        raise NothingToBill(name=project.name, until=until)
    groups = _grouped(found, _rates(company, project, found), grouping)
    with translation.override(project.contact.language):
        typed = _typed(project, project.contact.pk, groups, grouping, date)
    document = drafting.save(company=company, typed=typed, by=by)
    for one in found:
        one.state, one.document, one.version = _State.BILLED, document, one.version + 1
    for group in groups:
        shares = split_by(group.amount, [Decimal(one.minutes) for one in group.entries])
        for one, share in zip(group.entries, shares, strict=True):
            one.billed_amount = share
    HourEntry.unscoped.bulk_update(found, _BILLED)
    trail.record(company=company, by=by, action="hours.bill", subject=project, details={
        "document": document.pk, "until": until, "minutes": sum(one.minutes for one in found),
        "count": len(found),
    })  # fmt: skip
    return document


def _rates(company: Company, project: Project, entries: Sequence[HourEntry]) -> list[Decimal]:
    """What an hour of each entry is billed at. Raises ``RateMissing``."""
    rates, found = Rates(company), []
    for one in entries:
        rate = one.rate if one.rate is not None else rates.on(project, one.user_id, one.day)
        if rate is None:
            raise RateMissing(person=str(one.user), day=one.day, project=str(project))
        found.append(rate)
    return found


def _grouped(entries: Sequence[HourEntry], rates: Sequence[Decimal], grouping: str) -> list[_Group]:
    """Hours as they stand on lines, in the order of their first days."""
    found: dict[tuple[object, Decimal], _Group] = {}
    for one, rate in zip(entries, rates, strict=True):
        one.billed_rate = rate
        key: object = {
            Grouping.ENTRY: one.pk, Grouping.TEXT: one.text, Grouping.PERSON: one.user_id,
            Grouping.MONTH: (one.day.year, one.day.month), Grouping.PROJECT: None,
        }[Grouping(grouping)]  # fmt: skip
        found.setdefault((key, rate), _Group(rate, [])).entries.append(one)
    if len(found) > MOST_LINES:
        raise TooManyToBill(count=len(found), most=MOST_LINES)
    return list(found.values())


def _typed(
    project: Project, customer: int, groups: Sequence[_Group], grouping: str, date: dt.date
) -> TypedDocument:
    days = [one.day for group in groups for one in group.entries]
    product = project.product.number if project.product else ""
    return TypedDocument(
        kind=SalesDocument.Kind.INVOICE, contact=customer, date=date,
        subject=str(project)[:140], currency=project.currency, basis=Basis.NET,
        rounding=Rounding.EACH_LINE,
        supply_from=min(days), supply_until=max(days),
        lines=tuple(
            TypedItem(
                product=product, text=_text(project, group, grouping), unit=None if product else HOUR,
                price=group.rate, quantity=quantity, discount_amount=off,
                cost_object=project.cost_object.number if project.cost_object else None,
                supply_from=min(one.day for one in group.entries),
                supply_until=max(one.day for one in group.entries),
            )
            for group, (quantity, off) in zip(groups, map(_measured, groups), strict=True)
        ),
    )  # fmt: skip


def _measured(group: _Group) -> tuple[Decimal, Decimal]:
    """The hours of a line with four decimals, and a discount, so that it comes to its minutes at the rate.

    Where no such hours do (20 minutes at 180.00 are 60.00, but 0.3333 hours 59.99 and 0.3334 hours 60.01),
    they are the larger ones, less what they are too much.
    """
    nearest, more = hours(group.minutes), hours(group.minutes, ROUND_CEILING)
    for quantity in (nearest, more):
        if to_centimes(quantity * group.rate) == group.amount:
            return quantity, ZERO
    return more, to_centimes(more * group.rate) - group.amount


def _text(project: Project, group: _Group, grouping: str) -> str:
    """What a line says, in the language of the customer."""
    first = group.entries[0]
    if grouping == Grouping.ENTRY:
        who = first.text or project.name
        return f"{swiss_date(first.day)} {who}"
    if grouping == Grouping.TEXT:
        return first.text or project.name
    if grouping == Grouping.PERSON:
        return f"{project.name}, {first.user}"
    if grouping == Grouping.MONTH:
        return f"{project.name}, {first.day:%m.%Y}"
    last = group.entries[-1]
    return _("%(project)s, hours from %(first)s to %(last)s") % {
        "project": project.name, "first": swiss_date(first.day), "last": swiss_date(last.day),
    }  # fmt: skip


# --- free again -----------------------------------------------------------------------------------
def hear_deleted(document: SalesDocument, *, by: User) -> None:
    """A draft is thrown away: its hours wait for an invoice again."""
    _free(document, by=by)


def hear_credited(note: SalesDocument, *, by: User) -> None:
    """A credit note went out: where all of the invoice is credited, its hours wait for an invoice again."""
    invoice = note.follows
    if invoice is None or not HourEntry.of(note.company_id).filter(document=invoice).exists():
        return
    credited = sum((one.payable for one in credit_notes_of(invoice)), Decimal(0))
    if credited >= invoice.payable:
        _free(invoice, by=by)


def _free(document: SalesDocument, *, by: User) -> None:
    rows = HourEntry.of(document.company_id).select_for_update(of=("self",))
    found = list(rows.filter(document=document).order_by("pk"))
    if not found:
        return
    for one in found:
        one.state, one.document, one.version = _State.APPROVED, None, one.version + 1
        one.billed_rate = one.billed_amount = None
    HourEntry.unscoped.bulk_update(found, _BILLED)
    trail.record(company=document.company, by=by, action="hours.free", subject=document, details={
        "document": str(document), "minutes": sum(one.minutes for one in found), "count": len(found),
    })  # fmt: skip


__all__ = ["Grouping", "bill", "hear_credited", "hear_deleted", "waiting"]
