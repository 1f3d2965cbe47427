"""Suppliers' invoices that come again (wiederkehrende Kreditorenrechnungen): what is due, and drafting it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction

from accounting.payables import approving, drafting, making
from accounting.payables.errors import BadRhythm, ChangedMeanwhile, EndsFirst, NotDue
from accounting.payables.models import RecurringSupplierInvoice, SupplierInvoice
from accounting.payables.reckoning import lines_of
from accounting.payables.typed import TypedInvoice
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import rhythm
from erp.core.display import swiss_date

MOST_AT_ONCE: Final = 120  # ten years of months that nobody looked
_SHOWN: Final = ("name", "every", "unit", "next_on", "until", "submits", "paused")


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice that is due: when, and the last day it is for."""

    recurring: RecurringSupplierInvoice
    date: dt.date
    until: dt.date


@transaction.atomic
def save(
    recurring: RecurringSupplierInvoice,
    typed: TypedInvoice,
    *,
    by: User,
    version: int | None = None,
) -> RecurringSupplierInvoice:
    """Add or change one, and the pattern it is copied from.

    Raises ``BadRhythm``, ``EndsFirst``, ``ChangedMeanwhile`` and what ``drafting.save`` raises.
    """
    if not 1 <= recurring.every <= rhythm.MOST:
        raise BadRhythm(value=recurring.every, most=rhythm.MOST)
    if recurring.until is not None and recurring.until < recurring.next_on:
        raise EndsFirst(until=recurring.until, next=recurring.next_on)
    rows = RecurringSupplierInvoice.of(recurring.company)
    before = rows.select_for_update().filter(pk=recurring.pk).first() if recurring.pk else None
    if before is not None and version is not None and before.version != version:
        raise ChangedMeanwhile
    recurring.pattern = drafting.save(
        company=recurring.company, by=by, status=SupplierInvoice.Status.PATTERN,
        typed=replace(typed, date=recurring.next_on, booked_on=None, due_date=None, number=""),
        invoice=before.pattern if before is not None else None,
    )  # fmt: skip
    recurring.anchor_day = recurring.next_on.day
    if before is not None and before.next_on == recurring.next_on:
        recurring.anchor_day = before.anchor_day  # the 31st stays, whatever February said
    recurring.version = before.version + 1 if before is not None else 1
    recurring.save()
    told = trail.values(recurring, *_SHOWN)
    changed = trail.changes(trail.values(before, *_SHOWN), told) if before else trail.filled(told)
    if changed:
        trail.record(company=recurring.company, by=by, action="recurring_supplier_invoice.save",
                     subject=recurring, details=changed)  # fmt: skip
    return recurring


@transaction.atomic
def delete(recurring: RecurringSupplierInvoice, *, by: User) -> None:
    """End one for good; what was entered stays."""
    trail.record(company=recurring.company, by=by, action="recurring_supplier_invoice.delete",
                 subject=recurring, details=trail.filled(trail.values(recurring, *_SHOWN)))  # fmt: skip
    pattern = recurring.pattern
    recurring.delete()
    drafting.delete(pattern, by=by)


def due(company: Company, on: dt.date) -> list[Due]:
    """What is to be entered until a day (Vorschlag), the oldest first; one query."""
    rows = RecurringSupplierInvoice.of(company).filter(paused=False, next_on__lte=on)
    found = [
        Due(one, date, later(one, date) - dt.timedelta(days=1))
        for one in rows.select_related("pattern__contact").order_by("next_on", "pk")
        for date in _dates(one, on)
    ]
    return sorted(found, key=lambda one: (one.date, one.recurring.pk))


@transaction.atomic
def enter(recurring: RecurringSupplierInvoice, date: dt.date, *, by: User) -> SupplierInvoice:
    """Enter what is due on a day, and move on to the next; handed in where it says so, else a draft.

    Without a number of the supplier's it is numbered by its name and day. Twice asked, the second
    is refused. Raises ``NotDue``, and what ``drafting.save`` or ``approving.submit`` raises.
    """
    rows = RecurringSupplierInvoice.of(recurring.company_id)
    rows.select_for_update().filter(pk=recurring.pk).first()
    now = rows.select_related("company", "pattern__company", "pattern__contact").filter(
        pk=recurring.pk).first()  # fmt: skip
    if now is None or now.paused or now.next_on != date or (now.until and date > now.until):
        raise NotDue(name=recurring.name, date=date)
    invoice = drafting.save(company=now.company, typed=_typed_for(now, date), by=by)
    if now.submits:
        invoice = approving.submit(invoice, by=by)
    _move_on(now, date)
    trail.record(company=now.company, by=by, action="recurring_supplier_invoice.enter",
                 subject=now, details={"date": date, "document": str(invoice)})  # fmt: skip
    return invoice


@transaction.atomic
def skip(
    recurring: RecurringSupplierInvoice, date: dt.date, *, by: User
) -> RecurringSupplierInvoice:
    """Leave one out, and move on to the next. Raises ``NotDue``."""
    now = RecurringSupplierInvoice.of(recurring.company_id).select_for_update().get(pk=recurring.pk)
    if now.next_on != date:
        raise NotDue(name=now.name, date=date)
    _move_on(now, date)
    trail.record(company=now.company, by=by, action="recurring_supplier_invoice.skip", subject=now,
                 details={"date": date})  # fmt: skip
    return now


def later(recurring: RecurringSupplierInvoice, date: dt.date) -> dt.date:
    """The day after this one on which an invoice is due."""
    return rhythm.later(
        date, every=recurring.every, unit=recurring.unit, anchor=recurring.anchor_day
    )


def _typed_for(recurring: RecurringSupplierInvoice, date: dt.date) -> TypedInvoice:
    pattern = recurring.pattern
    typed = making.typed_of(pattern, lines_of(pattern))
    until = later(recurring, date) - dt.timedelta(days=1)
    lines = tuple(replace(line, supply_from=None, supply_until=None) for line in typed.lines)
    return replace(
        typed, date=date, booked_on=None, due_date=None, lines=lines, exchange_rate=None,
        supply_from=date, supply_until=until, number=f"{recurring.name} {swiss_date(date)}"[:40],
    )  # fmt: skip


def _move_on(recurring: RecurringSupplierInvoice, date: dt.date) -> None:
    recurring.next_on = later(recurring, date)
    recurring.version += 1
    recurring.save(update_fields=["next_on", "version"])


def _dates(recurring: RecurringSupplierInvoice, on: dt.date) -> Iterator[dt.date]:
    date = recurring.next_on
    for _nth in range(MOST_AT_ONCE):
        if date > on or (recurring.until is not None and date > recurring.until):
            return
        yield date
        date = later(recurring, date)
