"""Which rates of a solution hold on a day (geltende Prämiensätze): for a person, and for all. Pure.

A rate holds until a later one for the same people and wages begins. So another rate for men leaves
that of women as it was, and who ends a rate writes one of 0 percent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from payroll.setup.checking import OLDEST, Rate, meet
from payroll.setup.models import SolutionRate

RateT = TypeVar("RateT", SolutionRate, Rate)
SEXES: Final = ("F", "M")


def rates_for(rates: Iterable[RateT], day: dt.date, *, sex: str, age: int) -> list[RateT]:
    """Of rates of one solution those that hold for somebody on a day; ``age`` is that of the year."""
    known = [
        one for one in rates
        if one.valid_from <= day and one.sex in ("", sex)
        and (one.age_from or 0) <= age and (one.age_to is None or age <= one.age_to)
    ]  # fmt: skip
    if len({one.valid_from for one in known}) < 2:
        return known
    return [one for one in known if not any(_replaces(other, one) for other in known)]


def in_force(rates: Iterable[RateT], day: dt.date) -> list[RateT]:
    """Of rates of one solution those that hold on a day for anybody."""
    return [rate for rate, people in _held(list(rates), day) if people]


def narrowed(
    rates: Sequence[RateT], day: dt.date
) -> Iterator[tuple[RateT, str, int | None, int | None]]:
    """Rates in force with those whom they still hold for: sex, and ages from and to, both within."""
    for rate, people in _held(rates, day):
        by_sex = {sex: _joined(rate, [age for one, age in people if one == sex]) for sex in SEXES}
        if not rate.sex and by_sex["F"] == by_sex["M"]:
            by_sex = {"": by_sex["F"]}
        for sex, spans in by_sex.items():
            yield from ((rate, sex, low, high) for low, high in spans)


def _replaces(later: RateT, one: RateT) -> bool:
    return (
        later.valid_from > one.valid_from
        and (later.insures, later.base) == (one.insures, one.base)
        and meet(later.wage_from, later.wage_to, one.wage_from, one.wage_to)
    )


def _held(
    rates: Sequence[RateT], day: dt.date
) -> Iterator[tuple[RateT, list[tuple[str, tuple[int, int]]]]]:
    """Each rate with the sexes and spans of ages that it holds for."""
    begins: set[int] = {0} | {one.age_from or 0 for one in rates}
    begins |= {one.age_to + 1 for one in rates if one.age_to is not None}
    lows: list[int] = sorted(begins)
    spans = list(zip(lows, [*(low - 1 for low in lows[1:]), max(OLDEST, lows[-1])], strict=True))
    held = {
        (sex, span): rates_for(rates, day, sex=sex, age=span[0]) for sex in SEXES for span in spans
    }
    for rate in rates:
        yield rate, [who for who, found in held.items() if any(one is rate for one in found)]


def _joined(rate: RateT, spans: Sequence[tuple[int, int]]) -> list[tuple[int | None, int | None]]:
    """Spans of ages that follow one another as one, open where the rate is."""
    found: list[tuple[int, int]] = []
    for low, high in spans:
        if found and found[-1][1] + 1 == low:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return [
        (rate.age_from if low == (rate.age_from or 0) else low,
         rate.age_to if rate.age_to is None and high >= OLDEST else high)
        for low, high in found
    ]  # fmt: skip
