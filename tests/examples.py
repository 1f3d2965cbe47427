"""How many cases tests make up or go through: a part of them each time, all with ``RAPPEN_DEEP=1``."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from typing import Any, Final

import pytest

#: Of long walks over all addresses a part is walked on a day; all have been after as many days.
PARTS: Final = 4
DEEP: Final = os.environ.get("RAPPEN_DEEP") == "1"


def cases(most: int, *, each_time: int) -> int:
    return most if DEEP else each_time


def of_today(rows: Iterable[Any], *, in_turn: bool = False) -> list[Any]:
    """The part of the rows whose turn it is today; ``in_turn`` for tests that have ``turn`` themselves."""
    day = dt.datetime.now(dt.UTC).toordinal() // (PARTS if in_turn else 1)
    return [row for nth, row in enumerate(rows) if DEEP or (nth + day) % PARTS == 0]


def one_of_today(rows: Iterable[Any]) -> list[Any]:
    """One of a few ways to do the same, another one each day."""
    found = list(rows)
    turn = dt.datetime.now(dt.UTC).toordinal()
    return found if DEEP else [found[turn % len(found)]]


def turn(nth: int) -> Any:
    """Marks one of the long stories that take turns by day, ``nth`` of ``PARTS``."""
    today = dt.datetime.now(dt.UTC).toordinal() % PARTS
    return pytest.mark.skipif(
        not DEEP and today != nth, reason="its turn is another day; RAPPEN_DEEP=1 runs all"
    )
