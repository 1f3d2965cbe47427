"""Numbers of documents (Nummernkreise): one after the other, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import F

from accounting.receivables.models import NumberCount, NumberRange, SalesDocument
from erp.companies.models import Company

_Kind = SalesDocument.Kind
#: Prefixes of companies that chose none of their own.
PREFIXES: Final = {
    _Kind.OFFER: "AN-{year}-", _Kind.ORDER: "AB-{year}-", _Kind.INVOICE: "RE-{year}-",
    _Kind.CREDIT_NOTE: "GS-{year}-",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """How numbers of a kind look."""

    prefix: str
    width: int
    yearly: bool

    def written(self, year: int, count: int) -> str:
        return f"{self.prefix.replace('{year}', str(year))}{count:0{self.width}}"


def pattern_of(company: Company, kind: str) -> Pattern:
    """How a company numbers documents of a kind."""
    found = NumberRange.of(company).filter(kind=kind).first()
    if found is None:
        return Pattern(PREFIXES[_Kind(kind)], 5, yearly=True)
    return Pattern(found.prefix, found.width, found.yearly)


def next_number(company: Company, kind: str, year: int) -> str:
    """Take the next number of a kind; it is given back if the transaction fails.

    One that was given while the range looked otherwise is passed over, so no gap comes of it.
    Others who issue documents of the kind wait until the transaction ends, so call this late.
    """
    pattern = pattern_of(company, kind)
    counted = year if pattern.yearly else 0
    NumberCount.unscoped.bulk_create(
        [NumberCount(company=company, kind=kind, year=counted)], ignore_conflicts=True
    )
    rows = NumberCount.of(company).filter(kind=kind, year=counted)
    given = SalesDocument.of(company).filter(kind=kind)
    while True:
        rows.update(last=F("last") + 1)
        last: int = rows.values_list("last", flat=True)[0]
        number = pattern.written(year, last)
        if not given.filter(number=number).exists():
            return number
