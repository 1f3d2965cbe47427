"""Typing what certificates need beyond slips, and who signs for them (Zusatzangaben erfassen)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction

from contacts.rows import clean_text
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from payroll.declarations.models import CertificateNotes, DeclarationSettings
from payroll.declarations.notes import NOTHING, Grant, Notes
from payroll.declarations.refusals import (
    GrantIncomplete,
    NegativeAmount,
    NotesChanged,
    PercentOutOfRange,
    UnknownCanton,
)
from payroll.employees.models import Employee
from payroll.rates.cantonal import CANTONS

TEXTS: Final = {"benefits": 300, "remark": 600, "continued_for": 200}
PERCENTS: Final = ("field_work", "activity_rate")
SETTINGS: Final = (
    "contact_name",
    "contact_phone",
    "expense_rule",
    "expense_canton",
    "expense_date",
)


def notes_of(employee: Employee, year: int) -> tuple[Notes, int]:
    """What was typed for a certificate, and its version; 0 where nothing was."""
    row = CertificateNotes.of(employee.company_id).filter(employee=employee, year=year).first()
    return (row.content, row.version) if row else (NOTHING, 0)


@transaction.atomic
def save_notes(
    employee: Employee, *, year: int, notes: Notes, by: User, version: int | None = None
) -> CertificateNotes:
    """Keep what a person's certificate of a year needs. ``version`` is what was seen, 0 for none.

    Raises ``NotesChanged`` or ``Refusals`` of ``PercentOutOfRange``, ``NegativeAmount``,
    ``UnknownCanton`` and faults of texts. The audit trail names the fields, never their values.
    """
    Employee.of(employee.company_id).select_for_update(of=("self",)).get(pk=employee.pk)
    rows = CertificateNotes.of(employee.company_id)
    row = rows.filter(employee=employee, year=year).first()
    if version is not None and version != (row.version if row else 0):
        raise NotesChanged
    notes = _checked(notes)
    before = row.content if row else NOTHING
    if row is None:
        row = CertificateNotes(company_id=employee.company_id, employee=employee, year=year,
                               version=0)  # fmt: skip
    row.content, row.version = notes, row.version + 1
    row.save()
    changed = [name for name in Notes.__struct_fields__
               if getattr(before, name) != getattr(notes, name)]  # fmt: skip
    if changed:
        trail.record(company=employee.company, by=by, action="certificate_notes.change",
                     subject=employee, details={"year": year, "fields": changed})  # fmt: skip
    return row


def grant(*, canton: str, date: dt.date | None, field: str) -> Grant | None:
    """A ruling as it was typed; None for neither. Raises ``GrantIncomplete`` or ``UnknownCanton``."""
    canton = canton.strip().upper()
    if not canton and date is None:
        return None
    if not canton or date is None:
        raise GrantIncomplete(field=field, value=canton or str(date))
    require_canton(canton, field)
    return Grant(canton=canton, date=date)


def require_canton(canton: str, field: str) -> None:
    if canton not in CANTONS:
        raise UnknownCanton(field=field, value=canton[:20])


def _checked(notes: Notes) -> Notes:
    faults = list[DomainError]()
    told: dict[str, Any] = {name: getattr(notes, name) for name in Notes.__struct_fields__}
    for name, most in TEXTS.items():
        try:
            told[name] = clean_text(told[name], name, most)
        except DomainError as refusal:
            faults.append(refusal)
    for name in PERCENTS:
        if told[name] is not None and not 0 <= told[name] <= 100:
            faults.append(PercentOutOfRange(field=name, value=told[name]))
    if told["relocation_costs"] is not None and told["relocation_costs"] < 0:
        faults.append(NegativeAmount(field="relocation_costs", value=told["relocation_costs"]))
    for name in ("shares", "expatriate"):
        if told[name] is not None and told[name].canton not in CANTONS:
            faults.append(UnknownCanton(field=name, value=told[name].canton[:20]))
    if faults:
        raise Refusals(faults)
    return Notes(**told)


# --- the company ------------------------------------------------------------------------------------
def settings_of(company: Company) -> DeclarationSettings:
    """Who signs, and the rule of expenses; blank until somebody said so. One query."""
    found = DeclarationSettings.of(company).first()
    return found or DeclarationSettings(company=company, version=0)


@transaction.atomic
def change_settings(
    *, company: Company, by: User, version: int | None = None, **told: Any
) -> DeclarationSettings:
    """Change ``SETTINGS``. Raises ``NotesChanged``, ``GrantIncomplete`` or ``UnknownCanton``."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    row = settings_of(company)
    if version is not None and version != row.version:
        raise NotesChanged
    before = trail.values(row, *SETTINGS)
    for name, value in told.items():
        if name not in SETTINGS:
            raise TypeError(name)
        setattr(row, name, clean_text(value, name, 80) if isinstance(value, str) else value)
    if row.expense_rule == DeclarationSettings.ExpenseRule.APPROVED:
        if not row.expense_canton or row.expense_date is None:
            raise GrantIncomplete(field="expense_canton", value=row.get_expense_rule_display())
        require_canton(row.expense_canton, "expense_canton")
    else:
        row.expense_canton, row.expense_date = "", None
    row.version += 1
    row.save()
    if changes := trail.changes(before, trail.values(row, *SETTINGS)):
        trail.record(company=company, by=by, action="declaration_settings.change", subject=row,
                     details=changes)  # fmt: skip
    return row
