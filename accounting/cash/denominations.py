"""Notes and coins (Stückelung): dated data of the issuers, see ``data/SOURCES.md``."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from accounting.cash.errors import BadPieces
from erp.core.money import ZERO

_FILE = Path(__file__).parent / "data" / "denominations.csv"
MOST_PIECES = 1_000_000  # of one kind


@dataclass(frozen=True, slots=True)
class Denomination:
    """A note or coin by its value."""

    value: Decimal
    is_note: bool


@cache
def _all() -> Mapping[str, tuple[Denomination, ...]]:
    found = defaultdict[str, list[Denomination]](list)
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["currency"]].append(
                Denomination(Decimal(row["value"]), row["kind"] == "note")
            )
    return {currency: tuple(rows) for currency, rows in found.items()}


def denominations(currency: str) -> tuple[Denomination, ...]:
    """The notes and coins of a currency, the largest first; none where they are not known."""
    return _all().get(currency, ())


def worth(pieces: Mapping[Decimal, int], currency: str) -> Decimal:
    """What notes and coins come to. Raises ``BadPieces``."""
    known = {one.value for one in denominations(currency)}
    for value, count in pieces.items():
        if value not in known or not 0 <= count <= MOST_PIECES:
            raise BadPieces(value=value, currency=currency)
    return sum((value * count for value, count in pieces.items()), ZERO)
