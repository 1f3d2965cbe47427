"""How long what is kept (Aufbewahrungsfristen): the law's years, as data with its sources."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import get_language

DATA: Final = Path(__file__).parent / "data"
BOOKS: Final = "books"  # papers of which every company has some
TAX_PERIOD: Final = "tax_period"


@dataclass(frozen=True)
class Rule:
    """``years`` full years from the end of a span, of papers of a kind, valid from a day on.

    The span is the fiscal year (OR 958f para. 1), or the last tax period that the fiscal year reaches into: that
    is the calendar year (MWSTG art. 34 para. 2), and tax claims of it are time-barred ten years after its end
    (art. 42 para. 6).
    """

    code: str
    papers: str
    years: int
    span: str
    valid_from: dt.date
    source: str
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.names.get((get_language() or "de")[:2], self.names["de"])

    def until(self, end: dt.date) -> dt.date:
        """The last day on which it is kept, of a fiscal year that ends on ``end``."""
        if self.span == TAX_PERIOD:
            end = end.replace(month=12, day=31)
        try:
            return end.replace(year=end.year + self.years)
        except ValueError:  # a leap day
            return end.replace(year=end.year + self.years, day=28)


@cache
def rules() -> tuple[Rule, ...]:
    languages = ("de", "fr", "it", "en")
    with (DATA / "retention.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Rule(row["code"], row["papers"], int(row["years"]), row["span"], dt.date.fromisoformat(row["valid_from"]),
                 row["source"], {one: row[f"name_{one}"] for one in languages})
            for row in csv.DictReader(file)
        )  # fmt: skip


def rules_on(day: dt.date) -> list[Rule]:
    """The rules in force on a day: of each kind the last that had begun."""
    found = {one.code: one for one in sorted(rules(), key=lambda r: r.valid_from)
             if one.valid_from <= day}  # fmt: skip
    return list(found.values())
