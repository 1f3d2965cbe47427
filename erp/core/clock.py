"""The clock (Uhr): the only place that asks the machine what time it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")
#: Books are kept for days of these years; beyond them arithmetic with dates ends.
YEARS: Final = range(1900, 2200)


def _machine_time() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_source: Callable[[], dt.datetime] = _machine_time


def now() -> dt.datetime:
    """The present moment in UTC."""
    return _source()


def today() -> dt.date:
    """The business day of this moment, as decided in Europe/Zurich."""
    return now().astimezone(ZURICH).date()


def starts(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in Europe/Zurich."""
    return dt.datetime.combine(day, dt.time(), ZURICH)


def stand_still(moment: dt.datetime) -> None:
    """Let the clock of this process stand still for good. For tests."""
    global _source
    _source = lambda: moment  # noqa: E731


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the clock stand still at ``moment`` (UTC). For tests and for seeding demo books."""
    global _source
    before, _source = _source, lambda: moment
    try:
        yield
    finally:
        _source = before
