"""Entries that come again (Vorlagen und Dauerbuchungen)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import posting
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.models import EntryTemplate, JournalEntry
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO, parse_amount

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
    message = _("“%(name)s” is not due on %(date)s; somebody has booked it already.")
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
    template.save()
    trail.record(company=template.company, by=by, action="template.save", subject=template,
                 details={"name": template.name, "rhythm": template.rhythm})  # fmt: skip
    return template


def due(company: Company, until: dt.date) -> list[tuple[EntryTemplate, dt.date]]:
    """The proposal list: each template with every date on which it is due, oldest first."""
    found = []
    rows = EntryTemplate.of(company).exclude(rhythm="").filter(next_date__lte=until)
    for template in rows:
        day = template.next_date
        anchor = day.day if day else 1
        while day is not None and day <= until and not (template.until and day > template.until):
            found.append((template, day))
            day = following(day, template.rhythm, anchor=anchor)
    return sorted(found, key=lambda pair: (pair[1], pair[0].name))


@transaction.atomic
def book_due(template: EntryTemplate, *, date: dt.date, by: User) -> JournalEntry:
    """Post a recurring entry for the date it is due next, and move on to the following one.

    Twice for one date is refused: raises ``NotDue``, and what ``posting.post`` raises.
    """
    current = EntryTemplate.of(template.company).select_for_update().get(pk=template.pk)
    if not current.rhythm or current.next_date != date:
        raise NotDue(name=current.name, date=date)
    lines = Reader(current.company).lines(typed_of_template(current.content), date=date)
    entry = posting.post(
        company=current.company, date=date, text=current.content["text"], lines=lines, by=by,
        voucher=current.content.get("voucher", ""), source=JournalEntry.Source.RECURRING,
        source_key=f"template:{current.pk}:{date}",
    )  # fmt: skip
    current.next_date = following(date, current.rhythm, anchor=date.day)
    current.save(update_fields=["next_date"])
    return entry


def typed_of_template(content: dict[str, Any]) -> list[TypedLine]:
    """A template's lines as typed ones."""
    return [
        TypedLine(
            account=row["account"],
            debit=parse_amount(row["debit"]) if row.get("debit") else ZERO,
            credit=parse_amount(row["credit"]) if row.get("credit") else ZERO,
            text=row.get("text", ""),
            vat_code=row.get("vat_code", ""),
            cost_centre=row.get("cost_centre", ""),
            cost_object=row.get("cost_object", ""),
            currency=row.get("currency", ""),
            amount_foreign=parse_amount(row["amount_foreign"])
            if row.get("amount_foreign") else None,
        )
        for row in content["lines"]
    ]  # fmt: skip


def following(day: dt.date, rhythm: str, *, anchor: int) -> dt.date:
    """The next date in a rhythm; a 31st falls on the last day of shorter months."""
    months = day.year * 12 + day.month - 1 + MONTHS[rhythm]
    year, month = divmod(months, 12)
    first = dt.date(year, month + 1, 1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(anchor, last.day))
