"""The least that the law asks of a pension fund (BVG-Minimum): an aid where no fund has reported yet.

Real funds have plans of their own and report amounts; those are taken as they are.
Sources: BVG Art. 2, 7, 8 and 16, BVV 2 Art. 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from erp.core.money import ZERO, rounded_to, to_centimes
from payroll.wages.ages import age_by_year
from payroll.wages.values import HUNDRED, Figures, Person

TWO = Decimal(2)
MONTHS = Decimal(12)


@dataclass(frozen=True, slots=True)
class Minimum:
    """What the law insures of a year's wage: coordinated wage, percent and credit of a year.

    ``month_each`` is what employee and employer pay a month when they share the credit.
    """

    coordinated: Decimal
    percent: Decimal
    credit: Decimal
    month_each: Decimal


def coordinated_wage(annual: Decimal, figures: Figures, *, scale: Decimal = HUNDRED) -> Decimal:
    """What of an expected wage of a year is insured (koordinierter Lohn), in CHF.

    Nothing unless the wage exceeds the threshold; then wage less coordination deduction, up to the
    upper limit, and at least the minimum. ``scale`` in percent lowers all limits, for people who
    are partly invalid (BVV 2 Art. 4).
    """
    factor = scale / HUNDRED
    if annual <= figures.bvg_threshold * factor:
        return ZERO
    capped = min(annual, figures.bvg_upper * factor) - figures.bvg_coordination * factor
    return to_centimes(max(capped, figures.bvg_minimum * factor))


def credit_percent(person: Person, year: int, figures: Figures) -> Decimal:
    """The percent of retirement credits in a year: from 1 January after the 24th birthday."""
    age = age_by_year(person.birth_date, year)
    steps = [step for step in figures.bvg_credits if step.age_from <= age]
    return max(steps, key=lambda step: step.age_from).percent if steps else Decimal(0)


def minimum(
    annual: Decimal,
    person: Person,
    year: int,
    figures: Figures,
    *,
    rounding: Decimal = Decimal("0.05"),
    scale: Decimal = HUNDRED,
) -> Minimum:
    """Retirement credits of a year for an expected wage, and the halves of a month.

    ``annual`` is the wage expected on 1 January or at the entry, for twelve months. The halves are
    rounded to ``rounding``, half away from zero. Risk premiums and costs are the fund's, not here.
    """
    coordinated = coordinated_wage(annual, figures, scale=scale)
    percent = credit_percent(person, year, figures) if coordinated else Decimal(0)
    credit = coordinated * percent / HUNDRED
    return Minimum(
        coordinated, percent, to_centimes(credit), rounded_to(credit / TWO / MONTHS, rounding)
    )
