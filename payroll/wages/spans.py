"""Days of a month as wages count them: thirty each (30-Tage-Methode).

A month is a line from 0 to 30. Who enters on the 27th of February is paid from 26 to 30, four days;
who leaves on the 15th from 0 to 15. The last day of a month is 30, whichever it is.
Source: Swissdec guidelines, wages in proportion to the days of employment.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from payroll.wages.values import Contract

MONTH_DAYS = 30
YEAR_DAYS = 360


class Part(msgspec.Struct, frozen=True, gc=False):
    """The days of a month that a contract holds for: after ``start``, until ``end``."""

    contract: Contract
    start: int
    end: int

    @property
    def days(self) -> int:
        return self.end - self.start


class Times(msgspec.Struct, frozen=True, gc=False):
    """When somebody is employed in a month (Anstellungstage).

    ``known`` are all contracts that began; ``parts`` are those of the month, earlier ones first.
    ``reference`` is the last day of employment until the month's end: what is paid after an exit
    is insured as it was then. None is somebody who was never employed.
    """

    first: dt.date
    last: dt.date
    known: tuple[Contract, ...]
    parts: tuple[Part, ...]
    employed: tuple[tuple[int, int], ...]
    days: int
    entered: dt.date | None  # the first day of employment in the month
    reference: dt.date | None

    @property
    def status_day(self) -> dt.date:
        """The day whose age decides: in the month, or the last one of employment."""
        return self.last if self.days or self.reference is None else self.reference

    def before(self, position: int) -> int:
        """How many days somebody was employed before a position of the month."""
        if self.days == MONTH_DAYS:
            return position
        return sum(max(0, min(end, position) - start) for start, end in self.employed)

    def covered(self, first: dt.date, last: dt.date) -> tuple[int, int]:
        """The employed days of the month before a span begins, and before it ends.

        Both are equal where the span touches no employed day.
        """
        if first > self.last or last < self.first:
            return 0, 0
        begins = 0
        if self.entered is not None and first > self.entered:
            begins = min(first.day - 1, MONTH_DAYS)
        return self.before(begins), self.before(position_of_end(last, self.first, self.last))


@lru_cache(maxsize=256)
def month_end(month: dt.date) -> dt.date:
    """The last day of the month that a day is in."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def position_of_start(day: dt.date, first: dt.date, last: dt.date) -> int:
    """Where somebody stands who begins on ``day``: 26 for the 27th, 29 for the 30th and the 31st."""
    if day <= first:
        return 0
    return MONTH_DAYS if day > last else min(day.day, MONTH_DAYS) - 1


def position_of_end(day: dt.date, first: dt.date, last: dt.date) -> int:
    """Where somebody stands who ends with ``day``: 15 for the 15th, 30 for the month's last day."""
    if day >= last:
        return MONTH_DAYS
    return 0 if day < first else min(day.day, MONTH_DAYS)


def times_of(month: dt.date, contracts: Sequence[Contract]) -> Times:
    """How a month lies in somebody's contracts. ``month`` is its first day."""
    first, last = month, month_end(month)
    known = tuple(one for one in contracts if max(one.first, one.entry) <= last)
    parts = _parts(known, first, last)
    employed = _united(parts)
    entered = min((max(_begins(one.contract), first) for one in parts), default=None)
    ended = [min(ends(one), last) for one in known]
    return Times(
        first=first,
        last=last,
        known=known,
        parts=parts,
        employed=employed,
        days=sum(end - start for start, end in employed),
        entered=entered,
        reference=max(ended, default=None),
    )


def ends(contract: Contract) -> dt.date:
    """The last day that a contract holds."""
    return contract.last if contract.exit is None else min(contract.last, contract.exit)


def _begins(contract: Contract) -> dt.date:
    return max(contract.first, contract.entry)


def _parts(known: Sequence[Contract], first: dt.date, last: dt.date) -> tuple[Part, ...]:
    """Contracts with days in the month; of one employment, a later one cuts the earlier short.

    Who leaves on the 30th and comes back on the 31st has worked 30 days by then.
    """
    parts: list[Part] = []
    left = {one.exit for one in known if one.exit is not None}
    until: dict[int, int] = {}
    for contract in sorted(known, key=_begins, reverse=True):
        if ends(contract) < first:
            continue
        begins = _begins(contract)
        start = position_of_start(begins, first, last)
        if begins.day > MONTH_DAYS and begins - dt.timedelta(1) in left:
            start = MONTH_DAYS
        end = position_of_end(ends(contract), first, last)
        end = min(end, until.get(contract.employment, MONTH_DAYS))
        if start < end:
            until[contract.employment] = start
            parts.append(Part(contract, start, end))
    return tuple(reversed(parts))


def _united(parts: Sequence[Part]) -> tuple[tuple[int, int], ...]:
    if len(parts) == 1:
        return ((parts[0].start, parts[0].end),)
    united: list[tuple[int, int]] = []
    for start, end in sorted((part.start, part.end) for part in parts):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)
