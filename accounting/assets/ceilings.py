"""What tax accepts at most without proof (Höchstsätze): dated data of ESTV, see ``data/SOURCES.md``."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import get_language

_DATA: Final = Path(__file__).parent / "data"
SOURCE: Final = "ESTV, Merkblatt A/1995"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest rates of a class of assets, in percent of a year.

    ``of_book_value`` is for declining depreciation, ``of_cost`` for all that is reckoned from cost.
    """

    code: str
    valid_from: dt.date
    valid_to: dt.date | None
    of_book_value: Decimal
    of_cost: Decimal
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.names.get((get_language() or "de")[:2]) or self.names["de"]


@cache
def _all() -> tuple[Ceiling, ...]:
    with (_DATA / "tax_ceilings.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Ceiling(
                row["code"], dt.date.fromisoformat(row["valid_from"]),
                dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                Decimal(row["percent_of_book_value"]), Decimal(row["percent_of_cost"]),
                {language: row[f"name_{language}"] for language in ("de", "fr", "it", "en")},
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


def ceilings(day: dt.date) -> dict[str, Ceiling]:
    """The classes with their highest rates as of a day, by code."""
    return {
        one.code: one for one in _all()
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    }  # fmt: skip


def known(code: str) -> bool:
    """Whether there is, or ever was, such a class."""
    return any(one.code == code for one in _all())


@dataclass(frozen=True, slots=True)
class DefaultCategory:
    """A category to begin with: accounts by number, method and rate in percent."""

    code: str
    account: str
    contra: str
    expense: str
    gain: str
    loss: str
    method: str
    rate: Decimal
    ceiling: str
    names: Mapping[str, str]


@cache
def default_categories() -> tuple[DefaultCategory, ...]:
    """The categories of the KMU chart."""
    with (_DATA / "categories.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            DefaultCategory(
                rate=Decimal(row["rate"]), names={n: row[n] for n in row if n.startswith("name_")},
                **{name: row[name] for name in ("code", "account", "contra", "expense", "gain",
                                                "loss", "method", "ceiling")},
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
