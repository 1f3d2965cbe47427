"""A month's account: what was paid in it, and the income that determines its rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from erp.core.money import FIVE_CENTIMES, ZERO, rounded_to
from payroll.wages.carrying import TaxedMonth, UntaxedMonth
from payroll.wages.kinds import Base, TaxModel
from payroll.wages.values import SlipLine

MONTH_DAYS: Final = 30
YEAR_DAYS: Final = 360
#: Who is not liable; with a canton it is declared nevertheless.
NOT_LIABLE: Final = "NON"


@dataclass(slots=True)
class Earned:
    """What counts for the tax: this month's, and what belongs to earlier months by their first day."""

    periodic: Decimal = ZERO
    aperiodic: Decimal = ZERO
    earlier: dict[dt.date, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return self.periodic + self.aperiodic


def earned(
    lines: Iterable[SlipLine], month: dt.date, *, corrects: frozenset[dt.date],
    is_hourly: bool = False,
) -> Earned:  # fmt: skip
    """Sum up the lines that are taxed, in CHF and with their signs.

    ``corrects`` are earlier months that payments may be added to, once somebody has left: the
    balance of holidays corrects the month of exit. What else belongs to an earlier month is paid
    late, and not periodic (circular 45 ESTV); but hours of the month before are paid as usual.
    """
    found = Earned()
    for line in lines:
        if Base.QST not in line.bases:
            continue
        late = line.for_month if line.for_month not in (None, month) else None
        if late in corrects and late is not None:
            periodic, aperiodic = found.earlier.get(late, (ZERO, ZERO))
            if line.periodic:
                periodic += line.amount
            else:
                aperiodic += line.amount
            found.earlier[late] = (periodic, aperiodic)
        elif line.periodic and (late is None or is_hourly):
            found.periodic += line.amount
        else:
            found.aperiodic += line.amount
    return found


def as_row(one: UntaxedMonth) -> TaxedMonth:
    """A month in which nobody was liable beside those that were taxed: without a canton."""
    return TaxedMonth(
        month=one.month, canton="", code=NOT_LIABLE, model=TaxModel.MONTHLY, days=one.days,
        periodic=one.periodic, aperiodic=one.aperiodic, determinant=ZERO, tax=ZERO,
        share=one.share, alone=not one.days, own=one.own,
    )  # fmt: skip


def as_untaxed(row: TaxedMonth) -> UntaxedMonth:
    return UntaxedMonth(row.month, row.days, row.periodic, row.aperiodic, row.share, row.own)


def gross_of(row: TaxedMonth) -> Decimal:
    return row.periodic + row.aperiodic


def taxable_of(row: TaxedMonth) -> Decimal:
    """What is taxed here: all of the wage, or the part of the days worked in Switzerland."""
    return gross_of(row) * row.share


def monthly_wage(row: TaxedMonth) -> Decimal:
    """The periodic part for a full month and all jobs, unrounded; the month has days."""
    return row.periodic * MONTH_DAYS / row.days * row.scale + row.other


def monthly_determinant(row: TaxedMonth) -> Decimal:
    """The income that determines a month's rate, to 0.05 (circular 45 ESTV, monthly model)."""
    return rounded_to(monthly_wage(row) + row.aperiodic, FIVE_CENTIMES)


def yearly_wages(rows: Iterable[TaxedMonth]) -> Decimal | None:
    """The periodic wages of a year at this rate, unrounded; None where no day was worked."""
    days = wages = ZERO
    for row in rows:
        days += row.days
        wages += row.periodic * row.scale + row.other * row.days / MONTH_DAYS
    return wages * YEAR_DAYS / days if days else None


def yearly_determinant(rows: Sequence[TaxedMonth]) -> Decimal:
    """The income that determines the rate of all months, to 0.05 (circular 45 ESTV, yearly model)."""
    wages = yearly_wages(rows) or ZERO
    extra = sum((row.aperiodic for row in rows), ZERO)
    return rounded_to((wages + extra) / 12, FIVE_CENTIMES)


def texts(**values: object) -> Mapping[str, str]:
    """Values of a reason or finding: amounts to 0.01, others as they are."""
    return {
        name: f"{value:.2f}" if isinstance(value, Decimal) else str(value)
        for name, value in values.items()
    }
