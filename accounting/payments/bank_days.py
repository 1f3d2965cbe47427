"""Bank days (Bankwerktage): when banks execute payments, by currency.

Sources in ``data/SOURCES.md``: holidays of SIC for francs, closing days of TARGET for euros. For other
currencies the holidays of both count, as the bank here and the way there must be open.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Final

HOLIDAYS: Final = Path(__file__).parent / "data" / "bank_holidays.csv"
_LONGEST_BREAK: Final = 14


@cache
def holidays(currency: str) -> frozenset[dt.date]:
    """The days, besides weekends, on which payments of a currency are not executed."""
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return frozenset(
            dt.date.fromisoformat(row["day"]) for row in csv.DictReader(file)
            if row["currency"] == currency or currency not in {"CHF", "EUR"}
        )  # fmt: skip


def is_bank_day(day: dt.date, currency: str) -> bool:
    return day.weekday() < 5 and day not in holidays(currency)


def next_bank_day(day: dt.date, currency: str) -> dt.date:
    """The day itself, or the first bank day after it."""
    for more in range(_LONGEST_BREAK):
        found = day + dt.timedelta(days=more)
        if is_bank_day(found, currency):
            return found
    raise AssertionError("no break of banks is that long")
