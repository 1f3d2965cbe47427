"""Deadlines and limits of filing (Fristen): dated data, each with its source."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data" / "rules.csv"


@cache
def _rules() -> list[tuple[str, dt.date, dt.date, Decimal]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return [
            (
                row["rule"],
                dt.date.fromisoformat(row["valid_from"]),
                dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else dt.date.max,
                Decimal(row["value"]),
            )
            for row in csv.DictReader(file)
        ]


def rule(name: str, day: dt.date) -> Decimal:
    """The value of a rule on a day. Raises ``LookupError`` where the data knows none: a bug."""
    for found, first, last, value in _rules():
        if found == name and first <= day <= last:
            return value
    raise LookupError(f"no rule {name} on {day}")


def known_since(name: str) -> dt.date:
    """The first day that a rule is known of."""
    return min(first for found, first, _last, _value in _rules() if found == name)


def filing_deadline(end: dt.date) -> dt.date:
    """By when a return is filed and paid: 60 days after its period (MWSTG Art. 71 and 86)."""
    return end + dt.timedelta(days=int(rule("filing", end)))


def reconciliation_day(year_end: dt.date) -> dt.date:
    """The 180th day after the end of a fiscal year (MWSTG Art. 72): what the reconciliation finds is
    declared in the reporting period of that day.
    """
    return year_end + dt.timedelta(days=int(rule("reconciliation", year_end)))
