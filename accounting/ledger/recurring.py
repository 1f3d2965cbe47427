"""Entries that come again (Vorlagen und Dauerbuchungen)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import posting
from accounting.ledger.entering import Reader
from accounting.ledger.models import EntryTemplate, JournalEntry
from accounting.ledger.typed import lines_of
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class TemplateNameTaken(DomainError):
    code = "ledger.template_name_taken"
    message = _("There is a template “%(name)s” already. Choose another name.")
    field = "name"


class NextDateMissing(DomainError):
    code = "ledger.next_date_missing"
    message = _("A recurring entry needs the date it is due next.")
    field = "next_date"


class NotDue(DomainError):
    code = "ledger.not_due"
    message = _("“%(name)s” is not due on %(date)s: it is booked already, or an earlier date comes "
                "first. Book the dates in order, or skip the earlier one.")  # fmt: skip
    field = "next_date"
    conflict = True


@transaction.atomic
def save_template(
    template: EntryTemplate, *, by: User, content: dict[str, Any] | None = None
) -> EntryTemplate:
    """Add or change a template. Raises ``TemplateNameTaken`` or ``NextDateMissing``."""
    taken = EntryTemplate.of(template.company).filter(name=template.name).exclude(pk=template.pk)
    if taken.exists():
        raise TemplateNameTaken(name=template.name)
    if template.rhythm and template.next_date is None:
        raise NextDateMissing
    if content is not None:
        template.content = content
    before = EntryTemplate.of(template.company).filter(pk=template.pk).first()
    template.save()
    told = trail.changes(_shown(before), _shown(template)) if before else _shown(template)
    if told:
        name = {} if "name" in told else {"name": template.name}
        trail.record(company=template.company, by=by, action="template.save", subject=template,
                     details=name | (told if before else trail.filled(told)))  # fmt: skip
    return template


@transaction.atomic
def delete_template(template: EntryTemplate, *, by: User) -> None:
    """Remove a template; what was booked from it stays."""
    trail.record(company=template.company, by=by, action="template.delete", subject=template,
                 details=trail.filled(_shown(template)))  # fmt: skip
    template.delete()


def due(company: Company, until: dt.date) -> list[tuple[EntryTemplate, dt.date]]:
    """The proposal list: each template with every date on which it is due, oldest first."""
    found = []
    rows = EntryTemplate.of(company).exclude(rhythm="").filter(next_date__lte=until)
    for template in rows:
        day, anchor = template.next_date, _anchor(template)
        while day is not None and day <= until and not (template.until and day > template.until):
            found.append((template, day))
            day = following(day, template.rhythm, anchor=anchor)
    return sorted(found, key=lambda pair: (pair[1], pair[0].name, pair[0].pk))


@transaction.atomic
def book_due(template: EntryTemplate, *, date: dt.date, by: User) -> JournalEntry:
    """Post a recurring entry for the date it is due next, and move on to the following one.

    Twice for one date is refused: raises ``NotDue``, and what ``posting.post`` raises.
    """
    current = EntryTemplate.of(template.company).select_for_update().get(pk=template.pk)
    source_key = f"template:{current.pk}:{date}"
    booked = JournalEntry.of(current.company).filter(
        source=JournalEntry.Source.RECURRING, source_key=source_key, reversals=None
    )
    over = current.until is not None and date > current.until
    if not current.rhythm or current.next_date != date or over or booked.exists():
        raise NotDue(name=current.name, date=date)
    reader = Reader(current.company)
    lines = reader.lines(lines_of(current.content, reader, date), date=date)
    entry = posting.post(
        company=current.company, date=date, text=current.content["text"], lines=lines, by=by,
        voucher=current.content.get("voucher", ""), source=JournalEntry.Source.RECURRING,
        source_key=source_key,
    )  # fmt: skip
    _move_on(current, date)
    return entry


@transaction.atomic
def skip_due(template: EntryTemplate, *, date: dt.date, by: User) -> None:
    """Leave a recurring entry's next date out. Raises ``NotDue``."""
    current = EntryTemplate.of(template.company).select_for_update().get(pk=template.pk)
    if not current.rhythm or current.next_date != date:
        raise NotDue(name=current.name, date=date)
    _move_on(current, date)
    trail.record(company=current.company, by=by, action="template.skip", subject=current,
                 details={"name": current.name, "next_date": [date, current.next_date]})  # fmt: skip


def _shown(template: EntryTemplate) -> dict[str, Any]:
    """What the trail keeps of a template: no amounts, which may be somebody's wage."""
    content = template.content
    accounts = [content.get("debit"), content.get("credit"),
                *(line.get("account") for line in content.get("lines") or [])]  # fmt: skip
    return {
        **trail.values(template, "name", "rhythm", "next_date", "until"),
        "text": content.get("text", ""),
        "accounts": ", ".join(sorted({str(number) for number in accounts if number})),
    }


def _move_on(template: EntryTemplate, date: dt.date) -> None:
    anchor = _anchor(template)
    template.next_date = following(date, template.rhythm, anchor=anchor)
    template.content["day"] = anchor
    template.save(update_fields=["next_date", "content"])


def _anchor(template: EntryTemplate) -> int:
    """The day of the month a template falls on, which a short month before may have cut."""
    day, kept = template.next_date, template.content.get("day", 0)
    if day is None or (kept > day.day and (day + dt.timedelta(days=1)).day == 1):
        return int(kept or 1)
    return day.day


def following(day: dt.date, rhythm: str, *, anchor: int) -> dt.date:
    """The next date in a rhythm; a 31st falls on the last day of shorter months."""
    months = day.year * 12 + day.month - 1 + MONTHS[rhythm]
    year, month = divmod(months, 12)
    first = dt.date(year, month + 1, 1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(anchor, last.day))
