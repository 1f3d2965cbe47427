"""A year's posted slips with what is known of the people (Jahresdaten): all that declarations stand on.

Nothing is reckoned anew: what was posted counts, by the month of its run, corrections among it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.memory import not_collecting
from erp.core.money import ZERO
from payroll.employees import people
from payroll.employees.people import Period, PersonFile
from payroll.runs import keeping
from payroll.runs.models import PayrollRun, Payslip, SlipContent
from payroll.wages.values import Charge, Slip, SlipLine, Tax

YEARS: Final = range(1990, 2200)  # of which there may be payroll


@dataclass(frozen=True, slots=True)
class Posted:
    """A slip as it was posted. A correction counts in the months it put right."""

    run: int  # its number
    month: dt.date
    is_correction: bool
    slip: Slip
    content: SlipContent | None = None  # all that was kept of it
    booked_on: dt.date | None = None

    @property
    def settled(self) -> dt.date:
        """The first day of the month in whose settlement its withholding tax stands.

        That of a run is its month; that of a correction the month of its booking date, however long
        ago the months are that it put right. The day of payment may still change after posting.
        """
        if not self.is_correction or self.booked_on is None:
            return self.month
        return max(self.month, self.booked_on.replace(day=1))


@dataclass(frozen=True)
class PersonYear:
    """A person with the posted slips of a year, in the order of their runs."""

    year: int
    file: PersonFile
    slips: tuple[Posted, ...]

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, 12, 31)

    @cached_property
    def periods(self) -> list[Period]:
        """The employments of the year; of somebody paid after leaving, the last one before."""
        found = self.file.employed(self.first, self.last)
        earlier = [one for one in self.file.employments if one.entry <= self.last]
        return found or earlier[-1:]

    @property
    def exit_year(self) -> int | None:
        """The year in which somebody left who is paid in this later one; None for all others."""
        if self.file.employed(self.first, self.last) or not self.periods:
            return None
        left = self.periods[-1].exit
        return None if left is None else left.year

    def lines(self) -> Iterator[tuple[Posted, SlipLine]]:
        return ((one, line) for one in self.slips for line in one.slip.lines)

    def charges(self) -> Iterator[tuple[Posted, Charge]]:
        return ((one, charge) for one in self.slips for charge in one.slip.charges)

    def taxes(self) -> Iterator[tuple[Posted, Tax]]:
        return ((one, tax) for one in self.slips for tax in one.slip.taxes)

    @property
    def gross(self) -> Decimal:
        return sum((one.slip.gross for one in self.slips), ZERO)


def years_of(company: Company) -> list[int]:
    """The years of which something is posted, the latest first: one query."""
    rows = PayrollRun.of(company).filter(status__in=PayrollRun.BOOKED)
    return sorted(set(rows.values_list("month__year", flat=True)), reverse=True)


def year_of(
    company: Company, year: int, *, only: Collection[int] | None = None
) -> list[PersonYear]:
    """All people with posted slips in a year, by name, addresses as of its end; seven queries.

    ``only`` are ids of employees. Raises ``Tampered`` where a slip is not what was posted.
    """
    rows = Payslip.of(company).filter(run__status__in=PayrollRun.BOOKED, run__month__year=year)
    if only is not None:
        rows = rows.filter(employee__in=among(only))
    with not_collecting():
        found = _posted(company, rows)
    files = people.files(company, dt.date(year, 12, 1), only=list(found)) if found else []
    return [PersonYear(year, one, tuple(found[one.id])) for one in files]


def _posted(company: Company, rows: Any) -> dict[int, list[Posted]]:
    """Posted slips by person, opened."""
    found: dict[int, list[Posted]] = defaultdict(list)
    for who, number, month, kind, booked_on, *kept in rows.order_by("run__number").values_list(
        "employee", "run__number", "run__month", "run__kind", "run__date", *keeping.KEPT
    ):
        content = keeping.opened(company.pk, month, kept, SlipContent)
        is_correction = kind == PayrollRun.Kind.CORRECTION
        found[who].append(
            Posted(number or 0, month, is_correction, content.slip, content, booked_on)
        )
    return found
