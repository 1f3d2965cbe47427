"""VAT rates (MWST-Sätze, MWSTG Art. 25): a file that the program's own rates are compared with.

Rates are the law's data and belong to ``vat.codes``, which registers them here. An edition that says
something else is refused, with what differs: then the program has to be brought up to date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.reference.editions import Edition, Given, NotPlausible, iso_day, table_of, text_of

TITLE: Final = "VAT rates"
CLASSES: Final = {
    "standard": "normal_pct",
    "lodging": "special_lodging_pct",
    "reduced": "reduced_pct",
}

#: (class, from, percent), each where the percentage changes.
Rates = set[tuple[str, dt.date, Decimal]]
_present: list[Callable[[], Rates]] = []


class RatesDiffer(DomainError):
    code = "reference.rates_differ"
    message = _("The VAT rates of this program differ from the file: %(differences)s. Bring the "
                "program up to date.")  # fmt: skip
    field = "file"


def compare_with(present: Callable[[], Rates]) -> None:
    """Say where the program's own rates come from."""
    _present[:] = [present]


def parse(content: bytes, given: Given) -> Edition:
    """Read all rates since 1995. Raises ``WrongHeader``, ``NotPlausible`` or ``WrongText``."""
    rows: list[tuple[Any, ...]] = []
    newest = dt.date.min
    required = ("valid_from", "valid_to", *CLASSES.values())
    for line, row in table_of(
        text_of(content, "utf-8-sig"), delimiter=",", source=TITLE, required=required
    ):
        first = iso_day(row["valid_from"], line=line, column="valid_from")
        newest = max(newest, first)
        for rate_class, column in CLASSES.items():
            if row[column]:
                rows.append((rate_class, first, _percent(row[column], line, column)))
    return Edition(newest, dt.date.min, rows)


def require_same(edition: Edition) -> None:
    """Raise ``RatesDiffer`` unless the program's rates are those of the file."""
    told = changes(edition.rows)
    for present in _present:
        ours = changes(present())
        if told != ours:
            differences = [
                f"{name} {day} {percent} %" for name, day, percent in sorted(told ^ ours)
            ]
            raise RatesDiffer(differences=", ".join(differences[:10]))


def changes(rows: Any) -> Rates:
    """The days on which a class's rate changes, as laws that repeat a rate change nothing."""
    found: Rates = set()
    last: dict[str, Decimal] = {}
    for rate_class, first, percent in sorted(rows):
        if last.get(rate_class) != percent:
            found.add((rate_class, first, percent))
        last[rate_class] = percent
    return found


def _percent(text: str, line: int, column: str) -> Decimal:
    try:
        percent = Decimal(text)
    except InvalidOperation:
        raise NotPlausible(line=line, column=column, value=text) from None
    if not 0 < percent < 30:
        raise NotPlausible(line=line, column=column, value=text)
    return percent
