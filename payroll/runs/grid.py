"""The grid of movements (Erfassungsraster): people of a month by the wage types that are used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import CostCentre
from erp.companies.models import Company
from erp.core.errors import DomainError
from payroll.employees import people
from payroll.employees.models import Employee
from payroll.runs import movements
from payroll.runs.models import MonthlyMovement, PayrollRun, Typed
from payroll.runs.movements import RECKONED, is_plain
from payroll.wage_types.models import WageType
from payroll.wages.spans import month_end
from payroll.wages.values import Movement

#: What the grid shows where nothing was typed before, by what the program uses them for.
USUAL_ROLES: Final = ("hourly_wage", "lesson_wage")
MOST_COLUMNS: Final = 10


class NotAMonth(DomainError):
    code = "payroll.not_a_month"
    message = _("“%(value)s” is no month. Write it as 03.2026.")
    field = "for_month"


@dataclass(frozen=True, slots=True)
class Column:
    """A wage type of the grid; ``by_quantity`` says what its cells hold."""

    type: WageType
    by_quantity: bool


@dataclass(frozen=True, slots=True)
class GridCell:
    """A figure that may be typed, its field's name, and whether there is more than it can show."""

    name: str
    value: Decimal | None
    by_quantity: bool
    more: int = 0


@dataclass(frozen=True, slots=True)
class GridRow:
    employee: Employee
    cells: tuple[GridCell, ...]
    others: int  # movements in no column


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]


def usual_month(company: Company) -> dt.date | None:
    """The month that is typed for: of the open run, or the one after the last posted."""
    rows = PayrollRun.of(company).filter(kind=PayrollRun.Kind.REGULAR)
    found = rows.filter(status__in=PayrollRun.OPEN).order_by("month").first()
    if found is not None:
        return found.month
    last = rows.filter(status__in=PayrollRun.BOOKED).order_by("-month").first()
    return (last.month + dt.timedelta(days=32)).replace(day=1) if last else None


def people_of(company: Company, month: dt.date) -> list[Employee]:
    """Who is employed in a month, or has something typed for it, by name: one query."""
    employed = people.employed_ids(company, month, month_end(month))
    typed = MonthlyMovement.of(company).filter(month=month).values("employee")
    rows = Employee.of(company).filter(pk__in=employed) | Employee.of(company).filter(pk__in=typed)
    return list(rows.select_related("contact").order_by("contact__sort_name", "pk").distinct())


def grid_of(
    company: Company, month: dt.date, employees: Sequence[Employee], *, also: Iterable[int] = ()
) -> Grid:
    """The grid for some people; ``also`` are numbers of wage types that shall have a column, too.

    Columns are the wage types typed for this month and the one before: four queries.
    """
    now = movements.of_month(company, month)
    last = movements.of_month(company, (month - dt.timedelta(days=1)).replace(day=1))
    used = {one.type for typed in (*now.values(), *last.values()) for one in typed}
    types = {one.number: one for one in WageType.of(company).filter(is_active=True)}
    usual = {one.number for one in types.values() if one.role in USUAL_ROLES}
    wanted = sorted({*used, *also, *usual} & set(types))
    columns = tuple(
        Column(types[number], types[number].method == WageType.Method.QUANTITY)
        for number in wanted if types[number].role not in RECKONED
    )[:MOST_COLUMNS]  # fmt: skip
    rows = tuple(_row(one, now.get(one.pk, []), columns) for one in employees)
    return Grid(columns, rows)


def _row(employee: Employee, typed: Sequence[Typed], columns: Sequence[Column]) -> GridRow:
    cells, shown = [], 0
    for column in columns:
        mine = [one for one in typed if one.type == column.type.number]
        plain = next((one for one in mine if is_plain(one)), None)
        by_quantity = column.by_quantity
        if plain is not None:
            by_quantity = plain.amount is None
        value = None if plain is None else plain.quantity if by_quantity else plain.amount
        shown += len(mine)
        name = f"c-{employee.pk}-{column.type.number}{'-q' if by_quantity else ''}"
        cells.append(GridCell(name, value, by_quantity, len(mine) - (plain is not None)))
    return GridRow(employee, tuple(cells), len(typed) - shown)


def choices_of(company: Company) -> list[list[str]]:
    """Wage types that may be typed, for a combobox: number and name."""
    rows = WageType.of(company).filter(is_active=True).exclude(role__in=RECKONED)
    return [[str(one.number), one.name] for one in rows.order_by("number")]


def centres_of(company: Company) -> list[list[str]]:
    if not company.uses("costs"):
        return []
    return [[one.number, one.name] for one in CostCentre.of(company).order_by("number")]


def named(company: Company, rows: Iterable[Movement]) -> list[tuple[str, Movement]]:
    """Movements with the names of their wage types: one query."""
    names = {one.number: str(one) for one in WageType.of(company)}
    return [(names.get(one.type, str(one.type)), one) for one in rows]
