"""Invoices that come again (wiederkehrende Rechnungen): what is due, and billing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounting.receivables import drafting, issuing, making
from accounting.receivables.errors import ChangedMeanwhile
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import rhythm
from erp.core.display import swiss_date
from erp.core.errors import DomainError

_Status = SalesDocument.Status
MOST_AT_ONCE: Final = 120  # ten years of months that nobody looked
_SHOWN: Final = ("name", "every", "unit", "next_on", "until", "in_advance", "issues", "paused")


class BadRhythm(DomainError):
    code = "receivables.bad_rhythm"
    message = _("Every %(value)s is no rhythm. From 1 to 60 weeks or months are possible.")
    field = "every"


class EndsFirst(DomainError):
    code = "receivables.recurring_ends_first"
    message = _("The last day, %(until)s, lies before the next invoice of %(next)s. Correct one.")
    field = "until"


class NotDue(DomainError):
    code = "receivables.recurring_not_due"
    message = _("“%(name)s” is not due on %(date)s: it is billed already, paused, or an earlier one "
                "comes first.")  # fmt: skip
    field = "next_on"
    conflict = True


@dataclass(frozen=True, slots=True)
class Span:
    """What an invoice is for."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice that is due: when, and for what time."""

    recurring: RecurringInvoice
    date: dt.date
    span: Span


@transaction.atomic
def save(
    recurring: RecurringInvoice, typed: TypedDocument, *, by: User, version: int | None = None
) -> RecurringInvoice:
    """Add or change a recurring invoice and the pattern it is copied from.

    Raises ``BadRhythm``, ``EndsFirst``, ``ChangedMeanwhile`` and what ``drafting.save`` raises.
    """
    if not 1 <= recurring.every <= rhythm.MOST:
        raise BadRhythm(value=recurring.every)
    if recurring.until is not None and recurring.until < recurring.next_on:
        raise EndsFirst(until=recurring.until, next=recurring.next_on)
    rows = RecurringInvoice.of(recurring.company)
    before = rows.select_for_update().filter(pk=recurring.pk).first() if recurring.pk else None
    if before is not None and version is not None and before.version != version:
        raise ChangedMeanwhile
    pattern = drafting.save(
        company=recurring.company, by=by, status=_Status.PATTERN,
        typed=replace(typed, kind=SalesDocument.Kind.INVOICE, date=recurring.next_on),
        document=before.pattern if before is not None else None,
    )  # fmt: skip
    recurring.pattern = pattern
    recurring.anchor_day = recurring.next_on.day
    if before is not None and before.next_on == recurring.next_on:
        recurring.anchor_day = before.anchor_day  # the 31st stays, whatever February said
    recurring.version = before.version + 1 if before is not None else 1
    recurring.save()
    told = trail.values(recurring, *_SHOWN)
    changed = trail.changes(trail.values(before, *_SHOWN), told) if before else trail.filled(told)
    if changed:
        trail.record(company=recurring.company, by=by, action="recurring_invoice.save",
                     subject=recurring, details=changed)  # fmt: skip
    return recurring


@transaction.atomic
def delete(recurring: RecurringInvoice, *, by: User) -> None:
    """End a recurring invoice for good; what was billed stays."""
    trail.record(company=recurring.company, by=by, action="recurring_invoice.delete",
                 subject=recurring, details=trail.filled(trail.values(recurring, *_SHOWN)))  # fmt: skip
    pattern = recurring.pattern
    recurring.delete()
    drafting.delete(pattern, by=by)


def due(company: Company, on: dt.date) -> list[Due]:
    """What is to be billed until a day (Vorschlag), the oldest first; one query."""
    rows = RecurringInvoice.of(company).filter(paused=False, next_on__lte=on)
    found = [
        Due(one, date, span(one, date))
        for one in rows.select_related("pattern__contact", "pattern__company").order_by(
            "next_on", "pk"
        )
        for date in _dates(one, on)
    ]
    return sorted(found, key=lambda one: (one.date, one.recurring.pk))


@transaction.atomic
def bill(recurring: RecurringInvoice, date: dt.date, *, by: User) -> SalesDocument:
    """Bill what is due on a day, and move on to the next; issued where it says so, else a draft.

    Twice asked, the second is refused. Raises ``NotDue``, and what ``drafting.save`` or
    ``issuing.issue`` raises; then nothing is written.
    """
    rows = RecurringInvoice.of(recurring.company_id)
    rows.select_for_update().filter(pk=recurring.pk).first()
    now = rows.select_related("company", "pattern__company", "pattern__contact").filter(
        pk=recurring.pk).first()  # fmt: skip
    if now is None or now.paused or now.next_on != date or (now.until and date > now.until):
        raise NotDue(name=recurring.name, date=date)
    document = drafting.save(company=now.company, typed=typed_for(now, date), by=by)
    if now.issues:
        document = issuing.issue(document, by=by)
    now.next_on = later(now, date)
    now.version += 1
    now.save(update_fields=["next_on", "version"])
    trail.record(company=now.company, by=by, action="recurring_invoice.bill", subject=now,
                 details={"date": date, "document": str(document)})  # fmt: skip
    return document


@transaction.atomic
def skip(recurring: RecurringInvoice, date: dt.date, *, by: User) -> RecurringInvoice:
    """Leave one out, and move on to the next. Raises ``NotDue``."""
    now = RecurringInvoice.of(recurring.company_id).select_for_update().get(pk=recurring.pk)
    if now.next_on != date:
        raise NotDue(name=now.name, date=date)
    now.next_on = later(now, date)
    now.version += 1
    now.save(update_fields=["next_on", "version"])
    trail.record(company=now.company, by=by, action="recurring_invoice.skip", subject=now,
                 details={"date": date})  # fmt: skip
    return now


def typed_for(recurring: RecurringInvoice, date: dt.date) -> TypedDocument:
    """The invoice of a day: its pattern, with the time it is for, and braces filled in."""
    pattern = recurring.pattern
    typed = making.typed_of(pattern, drafting.lines_of(pattern))
    covers = span(recurring, date)

    def filled(text: str | None) -> str | None:
        return text and _filled(text, covers, pattern.language)

    lines = tuple(
        replace(line, text=filled(line.text), supply_from=None, supply_until=None)
        for line in typed.lines
    )
    return replace(
        typed, date=date, lines=lines, supply_from=covers.start, supply_until=covers.end,
        subject=(filled(typed.subject) or "")[:140], intro=filled(typed.intro),
        closing=filled(typed.closing), exchange_rate=None,
    )  # fmt: skip


def span(recurring: RecurringInvoice, date: dt.date) -> Span:
    """What the invoice of a day is for: the time that begins then, or that ended the day before."""
    day = dt.timedelta(days=1)
    if recurring.in_advance:
        return Span(date, later(recurring, date) - day)
    return Span(earlier(recurring, date), date - day)


def later(recurring: RecurringInvoice, date: dt.date) -> dt.date:
    """The day after this one on which an invoice is due."""
    return rhythm.later(
        date, every=recurring.every, unit=recurring.unit, anchor=recurring.anchor_day
    )


def earlier(recurring: RecurringInvoice, date: dt.date) -> dt.date:
    """The day before this one."""
    return rhythm.later(
        date, every=-recurring.every, unit=recurring.unit, anchor=recurring.anchor_day
    )


def _dates(recurring: RecurringInvoice, on: dt.date) -> Iterator[dt.date]:
    date = recurring.next_on
    for _nth in range(MOST_AT_ONCE):
        if date > on or (recurring.until is not None and date > recurring.until):
            return
        yield date
        date = later(recurring, date)


def _filled(text: str, covers: Span, language: str) -> str:
    with override(language):
        month = str(date_format(covers.start, "F Y"))
    told = {
        "period": f"{swiss_date(covers.start)}\N{EN DASH}{swiss_date(covers.end)}",
        "month": month, "year": str(covers.start.year),
    }  # fmt: skip
    for name, value in told.items():
        text = text.replace("{" + name + "}", value)
    return text
