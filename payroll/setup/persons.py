"""What is asked of a person for contributions: spans and solutions. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Insured:
    """The solutions somebody has over a span, by their ids; ``last`` None is open."""

    first: dt.date
    last: dt.date | None
    solutions: tuple[int, ...]


def clipped(
    first: dt.date, last: dt.date | None, begin: dt.date, end: dt.date
) -> tuple[dt.date, dt.date] | None:
    """The part of a span that lies between two days; None where there is none."""
    since, until = max(first, begin), end if last is None else min(last, end)
    return (since, until) if since <= until else None
