"""What cost centres and cost objects bring and cost (Kostenrechnung): a row each, and what has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from accounting.budgets.models import Budget
from accounting.budgets.queries import planned_results
from accounting.ledger.models import CostCentre, CostObject, FiscalYear
from accounting.ledger.units import UnitLine, UnitSums, centre_sums, lines_on, newest, object_sums
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table

MOST_LINES: Final = 500  # of a cost object that are shown


class By(StrEnum):
    """What a row is of."""

    CENTRE = "centre"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class CostRow:
    """A cost centre or object, or what has none (``number`` blank), in the company's currency.

    ``planned`` is the result that the budget plans, None without a budget; profit is positive.
    """

    number: str
    name: str
    sums: UnitSums
    planned: Decimal | None = None

    @property
    def result(self) -> Decimal:
        return self.sums.result

    @property
    def difference(self) -> Decimal | None:
        """How far the result departs from the plan: minus is worse."""
        return None if self.planned is None else self.result - self.planned


@dataclass(frozen=True, slots=True)
class CostReport:
    """The rows of a year until a day; ``total`` is the result of the whole company."""

    by: By
    year: FiscalYear
    until: dt.date
    budget: Budget | None
    rows: list[CostRow]
    total: CostRow


def cost_report(
    company: Company, *, by: By, year: FiscalYear, until: dt.date, budget: Budget | None = None
) -> CostReport:
    """Income, costs and result by cost centre or object, beside the budget of the cost centres.

    Units without anything are left out; what was posted to none stands last, so that the total is
    the income statement's. Budgets plan no cost objects. At most five queries, however many there are.
    """
    of_centres = centre_sums(company, year=year, until=until)
    whole = _added(of_centres)
    planned: dict[int | None, Decimal] | None = None
    if by == By.CENTRE:
        sums, units = of_centres, _units(CostCentre, company)
        planned = planned_results(budget, until) if budget else None
    else:
        sums, units = object_sums(company, year=year, until=until), _units(CostObject, company)
        placed = _added(sums)
        sums[None] = UnitSums(whole.income - placed.income, whole.costs - placed.costs)
    rows = [
        _row(one.number, one.name, one.pk, sums, planned)
        for one in units
        if one.pk in sums or (planned and one.pk in planned)
    ]
    rest = sums.get(None, UnitSums())
    if rest != UnitSums() or (planned and None in planned):
        without = _("without cost centre") if by == By.CENTRE else _("without cost object")
        rows.append(_row("", without, None, sums, planned))
    plan = None if planned is None else sum(planned.values(), ZERO)
    total = CostRow("", _("Total"), whole, plan)
    return CostReport(by, year, until, budget if planned is not None else None, rows, total)


def object_lines(
    company: Company, unit: CostObject, *, year: FiscalYear, until: dt.date
) -> tuple[UnitSums, list[UnitLine]]:
    """What a cost object brought and cost, and its newest lines: at most ``MOST_LINES`` and one. Two queries."""
    sums = object_sums(company, year=year, until=until).get(unit.pk, UnitSums())
    rows = lines_on(company, [unit.pk], since=year.start, until=until)
    return sums, newest(rows, MOST_LINES + 1)


def cost_table(found: CostReport) -> Table:
    """The report as a table."""
    heads = [_("Income"), _("Costs"), _("Result")]
    if found.budget:
        heads += [f"{_('Budget')} {found.budget}", _("Difference")]

    def cells(row: CostRow) -> list[Any]:
        told: list[Any] = [row.sums.income, row.sums.costs, row.result]
        return [
            row.number,
            row.name,
            *told,
            *([row.planned, row.difference] if found.budget else []),
        ]

    title = _("Cost centres") if found.by == By.CENTRE else _("Cost objects")
    return table(
        title=title, subtitle=f"{swiss_date(found.year.start)} – {swiss_date(found.until)}",
        head=[_("Number"), _("Name"), *heads],
        rows=[*map(cells, found.rows), cells(found.total)],
        name="cost-report", kinds={len(found.rows): "grand"},
    )  # fmt: skip


def _row(
    number: str, name: str, pk: int | None, sums: Mapping[int | None, UnitSums],
    planned: Mapping[int | None, Decimal] | None,
) -> CostRow:  # fmt: skip
    plan = None if planned is None else planned.get(pk, ZERO)
    return CostRow(number, name, sums.get(pk, UnitSums()), plan)


def _units(
    kind: type[CostCentre] | type[CostObject], company: Company
) -> list[CostCentre | CostObject]:
    return list(kind.of(company).order_by("number"))


def _added(sums: Mapping[int | None, UnitSums]) -> UnitSums:
    income = sum((one.income for one in sums.values()), ZERO)
    return UnitSums(income, sum((one.costs for one in sums.values()), ZERO))
