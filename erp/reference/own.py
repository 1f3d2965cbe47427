"""Which companies' addresses refer to what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.reference.touching import Change, Touched

#: What a changed locality must differ in to matter to an address.
_SAYS: Final = ("name", "canton", "country")


def addresses(source: str, changes: Sequence[Change]) -> list[Touched]:
    """Companies whose postcode was closed, or whose locality is called otherwise now."""
    postcodes = {change.key["postcode"] for change in changes if _matters(change)}
    if not postcodes:
        return []
    found = []
    for number in all_companies():
        try:
            with operating(number) as access:
                company = access.company
        except NobodyToActFor:
            continue
        if company.country in {"CH", "LI"} and company.postcode in postcodes:
            text = f"{company.name}, {company.postcode} {company.town}"
            found.append(Touched(company.pk, "erp_company", company.pk, text, company.postcode))
    return found


def _matters(change: Change) -> bool:
    if change.kind != "changed" or change.before is None or change.after is None:
        return True
    return any(change.before[name] != change.after[name] for name in _SAYS)
