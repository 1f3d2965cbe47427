"""Days of work abroad (Arbeitstage im Ausland): the part of a wage that is taxed here."""

from __future__ import annotations

from decimal import Decimal

from payroll.wages.values import Withholding
from payroll.wages.withholding.tariff import Stopped


def share_of(held: Withholding) -> Decimal:
    """The part of the wage that is taxed here: days worked in Switzerland of all in the month.

    From 0 to 1, unrounded. Raises ``Stopped`` where the days of work are missing, or fewer than those
    abroad.
    """
    if not held.work_days_abroad:
        return Decimal(1)
    if not held.work_days or held.work_days_abroad > held.work_days:
        raise Stopped(
            "tax.work_days", days=held.work_days or "–", abroad=f"{held.work_days_abroad:f}"
        )
    return (held.work_days - held.work_days_abroad) / held.work_days
