"""What age decides (Altersgrenzen): when contributions begin, and when the reference age is reached."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from payroll.wages.values import Figures, Person


@dataclass(frozen=True, slots=True)
class Liability:
    """Whether somebody of an age owes contributions to AHV and ALV.

    ``liable_from`` is the first day, ``pensioner_from`` the first of the month after the reference
    age; None where the figures hold none for the year of birth.
    """

    liable_from: dt.date
    pensioner_from: dt.date | None
    is_liable: bool
    is_pensioner: bool


def liability(person: Person, day: dt.date, figures: Figures) -> Liability:
    """What a person's age makes of contributions on a day.

    Contributions begin on 1 January after the 17th birthday (AHVG Art. 3 Abs. 2) and are full
    until the end of the month in which the reference age is reached (AHVG Art. 21, AHVV
    Art. 6quater).
    """
    liable_from = dt.date(person.birth_date.year + figures.liable_from_age + 1, 1, 1)
    pensioner_from = pensioner_since(person, figures)
    return Liability(
        liable_from,
        pensioner_from,
        day >= liable_from,
        pensioner_from is not None and day >= pensioner_from,
    )


def pensioner_since(person: Person, figures: Figures) -> dt.date | None:
    """The first of the month after the reference age is reached, or None without a step for it."""
    born = person.birth_date
    step = min(
        (s for s in figures.reference_ages if s.sex == person.sex and s.born_until >= born.year),
        key=lambda step: step.born_until,
        default=None,
    )
    if step is None:
        return None
    months = born.year * 12 + born.month - 1 + step.years * 12 + step.months + 1
    return dt.date(months // 12, months % 12 + 1, 1)


def age_by_year(birth_date: dt.date, year: int) -> int:
    """The age that pension funds count: the year less the year of birth (BVG Art. 16)."""
    return year - birth_date.year


def twentieth_birthday(birth_date: dt.date) -> dt.date:
    """The day that somebody is 20; of those born on 29 February the 1 March."""
    try:
        return birth_date.replace(year=birth_date.year + 20)
    except ValueError:
        return dt.date(birth_date.year + 20, 3, 1)
