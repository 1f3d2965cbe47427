"""What is insured and charged, cumulated over the year (kumulierte Beitragsabrechnung).

A contribution of a month is what is due for the year to date, rounded, less what was charged
before. So months add up to rate × wages of the year, and ceilings are used up whenever wages come.
Source: Swissdec guidelines (ceilings pro rata temporis, 30 days a month).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from erp.core.money import ZERO, rounded_to, to_centimes
from payroll.wages import reasons
from payroll.wages.carrying import Earlier, Sum
from payroll.wages.reasons import because
from payroll.wages.spans import YEAR_DAYS
from payroll.wages.values import HUNDRED, Charge, Contribution, Reason

NOTHING = Sum()


def insured_to_date(
    wages: Decimal, *, days: int, wage_from: Decimal, wage_to: Decimal | None
) -> Decimal:
    """What of the wages to date is insured between two limits of a year, for so many days.

    CHF; never negative; rounded to 0.01, half away from zero.
    """
    lower = wage_from * days / YEAR_DAYS if wage_from else ZERO
    upper = wages if wage_to is None else min(wages, wage_to * days / YEAR_DAYS)
    return to_centimes(max(ZERO, upper - lower))


def ceiling_to_date(before: Sum, *, days: int, wages: Decimal, wage_to: Decimal | None) -> Decimal:
    """Upper limits of a year times the days they held for, with those of a month (CHF × days, exact).

    A month without a limit has room for its ``wages``. Of a sum that does not know its limits, the
    days until now had the one of now.
    """
    if before.ceiling is not None:
        held = before.ceiling
    else:
        held = before.wages * YEAR_DAYS if wage_to is None else wage_to * before.days
    return held + (wages * YEAR_DAYS if wage_to is None else wage_to * days)


class Accounts:
    """The sums of a year by key, and the charges that a month adds to them."""

    __slots__ = ("_earlier", "charges", "step", "sums")

    def __init__(
        self, sums: Mapping[str, Sum], step: Decimal, earlier: Earlier | None = None
    ) -> None:
        self.sums = dict(sums)
        self.step = step
        self._earlier = earlier
        self.charges: list[Charge] = []

    def of(self, key: str) -> Sum:
        return self.sums.get(key, NOTHING)

    def at_exit(
        self, key: str, *, wage_from: Decimal = ZERO, wage_to: Decimal | None = None
    ) -> Sum:
        """What the year of the exit counted and insured under a key, of somebody who left before this year.

        Its ceilings go on with what is paid now. Nothing for all others. A key of which that year's
        slips know nothing is told by the year's days and AHV wages.
        """
        year = self._earlier
        if year is None:
            return NOTHING
        found = year.sums.get(key)
        if found is None:
            insured = insured_to_date(
                year.wages, days=year.days, wage_from=wage_from, wage_to=wage_to
            )
            found = Sum(days=year.days, wages=year.wages, insured=insured)
        return found

    def charge(
        self,
        given: Contribution,
        *,
        days: int,
        wages: Decimal,
        to_date: Decimal,
        why: tuple[Reason, ...],
        employer_pays: bool = False,
        ceiling: Decimal | None = None,
    ) -> Charge:
        """Charge what a contribution comes to. ``to_date`` is what is insured of the year now.

        ``days`` and ``wages`` are those of the month; ``ceiling`` is ``ceiling_to_date``, where it may
        change. Where the employer pays, the employee's percentage is added to the employer's.
        """
        before = self.of(given.key)
        insured = to_date - before.insured
        employee, employer = given.employee_percent, given.employer_percent
        if employer_pays:
            bears = to_centimes(insured * employee / HUNDRED)
            why = (*why, because(reasons.CONTRIBUTION_EMPLOYER_PAYS, amount=bears))
            employee, employer = Decimal(0), employee + employer
        why = (
            because(
                reasons.CONTRIBUTION_PERCENT,
                base=given.base.value,
                insured=insured,
                to_date=to_date,
            ),
            *why,
        )
        employee_exact = (
            _exact(before.employee_exact, before.employee) + insured * employee / HUNDRED
        )
        employer_exact = (
            _exact(before.employer_exact, before.employer) + insured * employer / HUNDRED
        )
        after = Sum(
            days=before.days + days,
            wages=before.wages + wages,
            insured=to_date,
            employee=rounded_to(employee_exact, self.step),
            employer=rounded_to(employer_exact, self.step),
            employee_exact=employee_exact,
            employer_exact=employer_exact,
            ceiling=ceiling,
        )
        return self._keep(given, before, after, employee, employer, why)

    def charge_amounts(
        self, given: Contribution, *, days: int, wages: Decimal, employer_pays: bool
    ) -> Charge:
        """Charge what an insurer reported for the month, as it is (to 0.01)."""
        before = self.of(given.key)
        employee = to_centimes(given.employee_amount or ZERO)
        employer = to_centimes(given.employer_amount or ZERO)
        why: tuple[Reason, ...] = (
            because(reasons.CONTRIBUTION_AMOUNT) if given.expected is None
            else because(reasons.CONTRIBUTION_RECKONED, expected=given.expected),
        )  # fmt: skip
        if employer_pays:
            why = (*why, because(reasons.CONTRIBUTION_EMPLOYER_PAYS, amount=employee))
            employee, employer = ZERO, employee + employer
        after = Sum(
            days=before.days + days,
            wages=before.wages + wages,
            insured=before.insured,
            employee=before.employee + employee,
            employer=before.employer + employer,
            employee_exact=_exact(before.employee_exact, before.employee) + employee,
            employer_exact=_exact(before.employer_exact, before.employer) + employer,
        )
        return self._keep(given, before, after, Decimal(0), Decimal(0), why)

    def _keep(
        self,
        given: Contribution,
        before: Sum,
        after: Sum,
        employee_percent: Decimal,
        employer_percent: Decimal,
        why: tuple[Reason, ...],
    ) -> Charge:
        self.sums[given.key] = after
        charge = Charge(
            key=given.key,
            insurance=given.insurance,
            code=given.code,
            institution=given.institution,
            type=given.type,
            days=after.days - before.days,
            wages=after.wages - before.wages,
            insured=after.insured - before.insured,
            employee_percent=employee_percent,
            employer_percent=employer_percent,
            employee=after.employee - before.employee,
            employer=after.employer - before.employer,
            canton=given.canton,
            why=why,
        )
        if charge.wages or charge.insured or charge.employee or charge.employer:
            self.charges.append(charge)
        return charge


def _exact(exact: Decimal | None, charged: Decimal) -> Decimal:
    return charged if exact is None else exact
