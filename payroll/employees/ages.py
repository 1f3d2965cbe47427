"""Birthdays that matter (Altersgrenzen): when allowances end, and contributions begin and end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from payroll.employees.facts import AllowanceKind, Child
from payroll.wages.kinds import Sex
from payroll.wages.spans import month_end
from payroll.wages.values import AgeStep

#: Until the month of this birthday (FamZG Art. 3); education from 15 on.
ENDS_AT: Final = {AllowanceKind.CHILD: 16, AllowanceKind.EDUCATION: 25}


def birthday(born: dt.date, years: int, months: int = 0) -> dt.date:
    """A birthday; that of 29 February is on 28 February of other years."""
    month = born.month - 1 + months
    first = dt.date(born.year + years + month // 12, month % 12 + 1, 1)
    return first.replace(day=min(born.day, month_end(first).day))


def month_of_birthday(born: dt.date, years: int) -> dt.date:
    """The first day of the month of a birthday."""
    return birthday(born, years).replace(day=1)


def allowance_ends(child: Child) -> dt.date | None:
    """The last day of the allowance at its age limit; None where there is no allowance."""
    years = ENDS_AT.get(child.allowance)
    return month_end(month_of_birthday(child.birth_date, years)) if years else None


def january_after(born: dt.date, years: int) -> dt.date:
    """1 January after a birthday: contributions to AHV and to the risks of the BVG begin after the 17th,
    savings of the BVG after the 24th (AHVG Art. 3, BVG Art. 7)."""
    return dt.date(born.year + years + 1, 1, 1)


def reference_day(born: dt.date, sex: Sex, steps: Sequence[AgeStep]) -> dt.date | None:
    """When the reference age is reached (AHVG Art. 21); None where no step holds for the year of birth."""
    held = sorted((one for one in steps if one.sex == sex), key=lambda one: one.born_until)
    step = next((one for one in held if born.year <= one.born_until), None)
    return birthday(born, step.years, step.months) if step else None
