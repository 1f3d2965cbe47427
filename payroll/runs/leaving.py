"""Payments to people who left in an earlier year (Zahlungen nach dem Austritt): what that year hands on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.core.money import ZERO
from payroll.employees import converting
from payroll.employees.facts import Leaving
from payroll.employees.people import PersonFile
from payroll.runs.digest import untouched
from payroll.runs.models import PayrollRun, Payslip
from payroll.wages.ahv import ahv_wages
from payroll.wages.carrying import Carry, Earlier, Sum
from payroll.wages.spans import month_end
from payroll.wages.withholding import last_wage
from payroll.wages.withholding.account import as_row

#: The year a slip is of, and what it handed on.
Handed = tuple[int, Carry]


@dataclass(frozen=True, slots=True)
class Exit:
    """The year in which somebody left: its sums, None where nobody knows them, and the last wage (CHF)."""

    earlier: Earlier | None = None
    last_wage: Decimal | None = None


#: Who is employed this year, or nothing is known of before.
NO_EXIT: Final = Exit()


def years_of_exit(run: PayrollRun, files: Iterable[PersonFile]) -> dict[int, Exit]:
    """By employee, of those who left before the run's year: one query, and none where nobody did."""
    first = run.month.replace(month=1, day=1)
    gone = [one for one in files if not one.employed(first, month_end(run.month))]
    if not gone:
        return {}
    rows = Payslip.of(run.company_id).filter(
        employee__in=[one.id for one in gone], run__status__in=PayrollRun.BOOKED,
        run__month__lt=first,
    ).select_related("run").defer("paper").order_by("run__number")  # fmt: skip
    last: dict[int, dict[int, Payslip]] = defaultdict(dict)
    for row in rows:
        last[row.employee_id][row.run.month.year] = row
    return {
        file.id: exit_of(file, first, [(year, untouched(row).slip.carry)
                                       for year, row in sorted(last[file.id].items())])
        for file in gone
    }  # fmt: skip


def exit_of(file: PersonFile, first: dt.date, handed: Sequence[Handed]) -> Exit:
    """The year of the last exit before ``first``: as slips handed it on, those of payments since included.

    ``handed`` are years in their order with what their last slip handed on. AHV wages that somebody
    entered with the exit go before what slips say.
    """
    period = converting.last_employment(file, first)
    if period is None or period.exit is None:
        return NO_EXIT
    left = period.exit
    of_year = next((carry for year, carry in handed if year == left.year), Carry())
    rows = sorted((*of_year.taxed, *map(as_row, of_year.untaxed)), key=lambda row: row.month)
    sums = added(carry for year, carry in handed if year >= left.year)
    wages = ahv_wages(sums)
    told = file.at(Leaving, left)
    if told is not None and told.wages_of_year is not None:
        since = added(carry for year, carry in handed if year > left.year)
        sums, wages = {}, told.wages_of_year + ahv_wages(since)
    elif not of_year.sums:
        return Exit(None, last_wage(rows))
    months = [dt.date(left.year, number, 1) for number in range(1, 13)]
    days = sum(converting.days_of(file.employed(one, month_end(one)), one) for one in months)
    return Exit(Earlier(year=left.year, days=days, wages=wages, sums=sums), last_wage(rows))


def added(carries: Iterable[Carry]) -> dict[str, Sum]:
    """Sums of several years together, as far as ceilings ask for them."""
    found: dict[str, Sum] = {}
    for carry in carries:
        for key, one in carry.sums.items():
            before = found.get(key, Sum())
            limits = [ceiling for ceiling in (before.ceiling, one.ceiling) if ceiling is not None]
            found[key] = Sum(
                days=before.days + one.days, wages=before.wages + one.wages,
                insured=before.insured + one.insured, ceiling=sum(limits, ZERO) if limits else None,
            )  # fmt: skip
    return found
