"""To which fund family allowances are settled (Familienausgleichskasse): pure, from what a slip is of.

It is the fund of the canton where the employment is, whatever the child's canton (FamZG Art. 12).
"""

from __future__ import annotations

import datetime as dt

from payroll.wages.kinds import Insurance
from payroll.wages.spans import month_end
from payroll.wages.values import Contract, Contribution, MonthInput, SlipLine


def fund_of(given: MonthInput, line: SlipLine) -> tuple[str, int | None]:
    """Canton and institution of an allowance; a blank canton and None where they are not known."""
    month = line.for_month or given.month
    canton = _canton(given.contracts, line.employment, month)
    funds = [
        one for one in given.contributions
        if one.insurance is Insurance.FAK and one.canton == canton and one.institution is not None
    ]  # fmt: skip
    held = [one for one in funds if _meets(one, month)] or funds
    last = max(held, key=lambda one: one.last, default=None)
    return canton, last.institution if last is not None else None


def _canton(contracts: tuple[Contract, ...], employment: int, month: dt.date) -> str:
    """Where an employment is in a month, or was last; any employment's where none is named."""
    of = [one for one in contracts if not employment or one.employment == employment]
    begun = sorted((one for one in of if one.first <= month_end(month)), key=lambda one: one.first)
    found = begun or of
    return found[-1].canton if found else ""


def _meets(one: Contribution, month: dt.date) -> bool:
    return one.first <= month_end(month) and month <= one.last
