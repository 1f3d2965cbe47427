"""What is asked of a person for contributions: spans, ages, sexes. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from payroll.setup.checking import Rate
from payroll.wages.values import Person


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


def is_of_age(person: Person, year: int, rate: Rate) -> bool:
    """Whether a rate holds for somebody: its sex, and its ages by calendar years."""
    age = year - person.birth_date.year
    if rate.sex and rate.sex != person.sex.value:
        return False
    return (rate.age_from or 0) <= age and (rate.age_to is None or age <= rate.age_to)
