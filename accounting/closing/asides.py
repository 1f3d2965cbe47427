"""What the page of an entry shows of the year-end: the other entry of its accrual."""

from __future__ import annotations

from django.db.models import Q
from django.template.loader import render_to_string

from accounting.closing.accruing import accruals_of
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.web import asides


def of_entry(access: Access, subject: str, pk: int) -> str:
    """The accrual that an entry belongs to, with its counterpart; blank where there is none."""
    if subject != "entry" or not access.may(Permission.LEDGER_READ):
        return ""
    found = accruals_of(access.company).filter(Q(entry=pk) | Q(reversal=pk)).first()
    if found is None:
        return ""
    other = found.reversal if found.entry_id == pk else found.entry
    told = {
        "accrual": found,
        "other": other,
        "company": access.company,
        "is_first": found.entry_id == pk,
    }
    return render_to_string("accounting/closing/_aside.html", told)


def register_own() -> None:
    """Beside entries."""
    asides.register("year_accrual", of_entry)
