"""Spreading a cost over the time it is for (zeitliche Abgrenzung): pure, by days.

Source: OR Art. 958b: expense belongs to the time it is caused in, whenever it is billed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.payables.models import Spread
from erp.core.money import ZERO, allotted
from erp.core.rhythm import moved

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """What of a cost belongs to the time from ``date`` on."""

    date: dt.date
    amount: Decimal


def spread(
    amount: Decimal, *, how: str, start: dt.date, until: dt.date, booked_on: dt.date,
    year_end: dt.date,
) -> tuple[Decimal, list[Share]]:  # fmt: skip
    """What of ``amount`` is a cost when it is booked, and what belongs to later months or years.

    Shares go by calendar days, are rounded to 0.01, keep the sign and come to the amount.
    ``year_end`` is the last day of the fiscal year of ``booked_on``; later years end on that day,
    too. What belongs to the month (or year) of ``booked_on`` or one before is a cost at once.
    """
    parts = [
        (max(first, start), min(last, until)) for first, last in _spans(how, start, until, year_end)
    ]
    days = [(last - first).days + 1 for first, last in parts]
    amounts = allotted(amount, [Decimal(n) for n in days], amount / sum(days))
    bound = year_end if how == Spread.YEARS else _month_end(booked_on)
    now = sum((one for one, part in zip(amounts, parts, strict=True) if part[0] <= bound), ZERO)
    later = [
        Share(part[0], one) for one, part in zip(amounts, parts, strict=True)
        if part[0] > bound and one
    ]  # fmt: skip
    return now, later


def _spans(
    how: str, start: dt.date, until: dt.date, year_end: dt.date
) -> Sequence[tuple[dt.date, dt.date]]:
    return list(_months(start, until) if how == Spread.MONTHS else _years(start, until, year_end))


def _months(start: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    first = start.replace(day=1)
    while first <= until:
        yield first, _month_end(first)
        first = _month_end(first) + DAY


def _years(start: dt.date, until: dt.date, year_end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    anchor = 31 if (year_end + DAY).day == 1 else year_end.day
    end = year_end
    while end >= start:
        end = moved(end, -12, anchor)
    while end < until:
        following = moved(end, 12, anchor)
        yield end + DAY, following
        end = following


def _month_end(day: dt.date) -> dt.date:
    return moved(day, 0, 31)
