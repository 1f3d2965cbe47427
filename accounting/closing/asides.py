"""What the page of an entry shows of the year-end: the other entry of its accrual, and what of it is accrued."""

from __future__ import annotations

from django.db.models import Q
from django.template.loader import render_to_string

from accounting.closing.accruing import accruals_of
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.web import asides


def of_entry(access: Access, subject: str, pk: int) -> str:
    """The accruals that an entry belongs to, or has a part in, with their entries; blank where there are none."""
    if subject != "entry" or not access.may(Permission.LEDGER_READ):
        return ""
    rows = accruals_of(access.company)
    found = list(rows.filter(Q(entry=pk) | Q(reversal=pk) | Q(origin=pk)))
    told = [
        {"accrual": one, "other": one.reversal if one.entry_id == pk else one.entry,
         "is_first": one.entry_id == pk, "is_origin": one.origin_id == pk}
        for one in found
    ]  # fmt: skip
    return "".join(
        render_to_string("accounting/closing/_aside.html", {**one, "company": access.company})
        for one in told
    )


def register_own() -> None:
    """Beside entries."""
    asides.register("year_accrual", of_entry)
