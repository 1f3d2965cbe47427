"""Several employers (mehrere Arbeitgeber): by what the wage of one is extrapolated to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from erp.core.money import ZERO
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED, MonthInput, Reason, SlipLine, Withholding
from payroll.wages.withholding.account import texts
from payroll.wages.withholding.tariff import FLAT, Stopped

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Jobs:
    """``scale`` for the periodic wage, ``other`` income in a full month (CHF), and why."""

    scale: Decimal = ONE
    other: Decimal = ZERO
    why: tuple[Reason, ...] = ()


def jobs(given: MonthInput, holding: Withholding, own: Decimal | None, wage: Decimal) -> Jobs:
    """How much more than here somebody earns in all (circular 45 ESTV).

    ``own`` is the degree here of who is paid by the hour, see ``hourly_degree``; ``wage`` the periodic
    wage of a full month here (CHF). Known income elsewhere is added; else degrees of work are set
    against each other, up to 100 % where the others are unknown; without a degree here the median
    wage counts. Raises ``Stopped`` where that is missing.
    """
    if holding.only_job or holding.code in FLAT:
        return Jobs()
    if holding.other_income is not None:
        other = holding.other_income
        return Jobs(ONE, other, (Reason("tax.other_income", texts(other=other)),))
    own, total = _rates(holding, holding.own_rate if own is None else own)
    if own <= 0:
        return _median(given, wage)
    total = max(total, own)
    why = "tax.other_jobs" if holding.total_rate or holding.other_rate else "tax.other_unknown"
    return Jobs(total / own, ZERO, (Reason(why, texts(own=own, total=total)),))


def _rates(holding: Withholding, own: Decimal) -> tuple[Decimal, Decimal]:
    """The degree here and that of all jobs, in percent."""
    elsewhere = holding.other_rate
    if elsewhere is None and holding.total_rate is not None:
        elsewhere = max(holding.total_rate - holding.own_rate, ZERO)
    return own, HUNDRED if elsewhere is None else own + elsewhere


def of_all_jobs(holding: Withholding, wage: Decimal) -> Decimal:
    """A month's wage here as it stands for all jobs, as far as those are known (CHF, unrounded)."""
    if holding.only_job or holding.code in FLAT:
        return wage
    if holding.other_income is not None:
        return wage + holding.other_income
    own, total = _rates(holding, holding.own_rate)
    return wage * max(total, own) / own if own > 0 else wage


def hourly_degree(given: MonthInput, lines: Sequence[SlipLine]) -> Decimal | None:
    """The degree in percent, unrounded, that the month's hours are; None without hours.

    Wages by the month have no hours here. It may exceed 100 (circular 45 ESTV).
    """
    if not is_hourly(given):
        return None
    kind = given.roles.get("hourly_wage")
    hours = sum((line.quantity or ZERO for line in lines if line.type == kind), ZERO)
    return hours * HUNDRED / given.terms.monthly_hours if hours > 0 else None


def is_hourly(given: MonthInput) -> bool:
    """Whether the contract that holds last in the month pays by the hour."""
    last = max(given.contracts, key=lambda one: one.first, default=None)
    return last is not None and last.pay == Pay.HOUR


def _median(given: MonthInput, wage: Decimal) -> Jobs:
    median = given.figures.median_wage
    if not median:
        raise Stopped("tax.no_median_wage", year=given.month.year)
    return Jobs(ONE, max(median - wage, ZERO), (Reason("tax.median_wage", texts(median=median)),))
