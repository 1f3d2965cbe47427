"""Days of work abroad (Arbeitstage im Ausland): the part of a wage that is taxed here.

What is typed for a month goes before what is usual.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from erp.core.money import ZERO
from payroll.wages.values import MonthInput, Withholding
from payroll.wages.withholding.tariff import Stopped

#: Roles of the wage types under which days are typed: all of the month, and those abroad of them.
WORK_DAYS: Final = "work_days"
ABROAD: Final = "work_days_abroad"
ROLES: Final = frozenset({WORK_DAYS, ABROAD})
WHOLE: Final = Decimal(1)


def share_of(held: Withholding, *, given: MonthInput | None = None) -> Decimal:
    """The part of the wage that is taxed here: days worked in Switzerland of all in the month.

    From 0 to 1, unrounded; without ``given`` that of a usual month. Raises ``Stopped`` where the days
    of work are missing, or fewer than those abroad. Source: circular 45 ESTV.
    """
    days, abroad = held.work_days, held.work_days_abroad
    if given is not None:
        typed, typed_abroad = typed_days(given, WORK_DAYS), typed_days(given, ABROAD)
        days = days if typed is None else typed
        abroad = abroad if typed_abroad is None else typed_abroad
    if not abroad:
        return WHOLE
    if not days or not ZERO <= abroad <= days:
        raise Stopped("tax.work_days", days="–" if days is None else f"{days:f}",
                      abroad=f"{abroad:f}")  # fmt: skip
    return (days - abroad) / days


def typed_days(given: MonthInput, role: str) -> Decimal | None:
    """The days that were typed for the month under a role; None where none were."""
    number = given.roles.get(role)
    if number is None:
        return None
    told = [one.quantity if one.amount is None else one.amount
            for one in given.movements if one.type == number]  # fmt: skip
    return sum((one or ZERO for one in told), ZERO) if told else None


def share_typed(given: MonthInput) -> Decimal:
    """The part that is taxed here, should somebody be liable after all: as far as days were typed."""
    days, abroad = typed_days(given, WORK_DAYS), typed_days(given, ABROAD)
    if not days or not abroad or not ZERO <= abroad <= days:
        return WHOLE
    return (days - abroad) / days
