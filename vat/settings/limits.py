"""Limits of the law for methods and intervals (Umsatz- und Steuergrenzen): dated data with its source."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data" / "limits.csv"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in francs a year: ``net_turnover`` and ``net_tax`` of net tax rates, ``yearly_turnover``
    of those who settle once a year."""

    kind: str
    valid_from: dt.date
    valid_to: dt.date | None
    amount: Decimal
    source: str


@cache
def _all() -> tuple[Limit, ...]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Limit(
                row["kind"],
                dt.date.fromisoformat(row["valid_from"]),
                dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                Decimal(row["amount"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def limit_on(kind: str, day: dt.date) -> Limit | None:
    """The limit of a kind on a day; None where the program knows none."""
    return next(
        (
            one for one in _all()
            if one.kind == kind and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
        ),
        None,
    )  # fmt: skip
