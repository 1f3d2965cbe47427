"""What projects bring in (Projektmargen): hours and their worth, income and costs on cost objects, the margin.

Income and costs are what the books say of the project's cost object: invoices, suppliers' bills, expense
claims, and whatever else was posted to it. What one's own people cost is in no rate, and so in no margin.
Where several projects share a cost object the books do not keep them apart, and neither does a row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounting.hours.durations import hours
from accounting.hours.models import HourEntry, Project
from accounting.hours.queries import projects, worth
from accounting.hours.rates import Rates
from accounting.ledger.models.accounts import AccountType
from accounting.ledger.units import UnitLine, lines_on, newest
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table

_State = HourEntry.State
MOST_LINES: Final = 500  # of a project that are shown
HUNDRED: Final = Decimal(100)


@dataclass(slots=True)
class MarginRow:
    """A project, or several with one cost object; minutes and amounts of a span.

    ``worth`` is what the billable hours come to at their rates, by currency, ``unrated`` the minutes that
    have none; ``income`` and ``costs`` are in the company's currency, None without a cost object.
    """

    projects: list[Project]
    minutes: int = 0
    billable: int = 0
    billed_minutes: int = 0
    unrated: int = 0
    worth: dict[str, Decimal] = field(default_factory=dict)
    income: Decimal | None = None
    costs: Decimal | None = None

    @property
    def name(self) -> str:
        return ", ".join(map(str, self.projects))

    @property
    def customer(self) -> str:
        return ", ".join(dict.fromkeys(one.contact.name for one in self.projects if one.contact))

    @property
    def cost_object(self) -> str:
        found = self.projects[0].cost_object if self.projects else None
        return found.number if found else ""

    @property
    def worths(self) -> list[tuple[str, Decimal]]:
        return sorted(self.worth.items())

    @property
    def margin(self) -> Decimal | None:
        """Income less costs, before what one's own people cost."""
        if self.income is None or self.costs is None:
            return None
        return self.income - self.costs

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the income, rounded to 0.1; None where nothing came in, or less."""
        margin = self.margin
        if margin is None or not self.income or self.income < 0:
            return None
        return (HUNDRED * margin / self.income).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_empty(self) -> bool:
        return not self.minutes and not self.income and not self.costs

    def add(self, other: MarginRow) -> None:
        """Add the figures of another row; amounts that are not known count as nothing."""
        self.minutes += other.minutes
        self.billable += other.billable
        self.billed_minutes += other.billed_minutes
        self.unrated += other.unrated
        for currency, amount in other.worth.items():
            self.worth[currency] = self.worth.get(currency, ZERO) + amount
        if other.income is not None and other.costs is not None:
            self.income = (self.income or ZERO) + other.income
            self.costs = (self.costs or ZERO) + other.costs


def margins(
    company: Company, *, since: dt.date, until: dt.date, customer: int | None = None
) -> list[MarginRow]:
    """Projects with anything in a span, both days included, by number; of a customer by id.

    Five queries, however many projects there are. A row of several projects is shown where one of them is
    the customer's.
    """
    rows = _grouped(projects(company))
    if customer is not None:
        rows = [row for row in rows if any(one.contact_id == customer for one in row.projects)]
    by_project = {one.pk: row for row in rows for one in row.projects}
    _add_hours(company, by_project, since, until)
    _add_amounts(company, rows, since, until)
    return [row for row in rows if not row.is_empty]


def margin_of(company: Company, project: Project, *, since: dt.date, until: dt.date) -> MarginRow:
    """The figures of a project, and of those that share its cost object, in a span."""
    found = projects(company)
    if project.cost_object_id is None:
        found = found.filter(pk=project.pk)
    else:
        found = found.filter(cost_object=project.cost_object_id)
    (row,) = _grouped(found)
    _add_hours(company, dict.fromkeys((one.pk for one in row.projects), row), since, until)
    _add_amounts(company, [row], since, until)
    return row


def total_of(rows: Iterable[MarginRow]) -> MarginRow:
    """The sum of rows."""
    whole = MarginRow([])
    for row in rows:
        whole.add(row)
    return whole


def lines_of(
    company: Company, project: Project, *, since: dt.date, until: dt.date
) -> list[UnitLine]:
    """What income and costs of a project are made of, the newest first; at most ``MOST_LINES`` and one. One query."""
    if project.cost_object_id is None:
        return []
    rows = lines_on(company, [project.cost_object_id], since=since, until=until)
    return newest(rows, MOST_LINES + 1)


def margin_table(rows: Sequence[MarginRow], since: dt.date, until: dt.date, currency: str) -> Table:
    """The report as a table; hours in decimals, their worth in a column for each currency."""
    total = total_of(rows)
    currencies = [one for one, _amount in total.worths]

    def cells(row: MarginRow, name: str) -> list[Any]:
        minutes = (row.minutes, row.billable, row.billed_minutes)
        return [name, row.customer, *(hours(some) for some in minutes),
                *(row.worth.get(one, ZERO) for one in currencies),
                row.income, row.costs, row.margin, row.percent]  # fmt: skip

    told = _("%(first)s to %(last)s") % {"first": swiss_date(since), "last": swiss_date(until)}
    return table(
        title=_("Project margins before the cost of one’s own hours"), subtitle=told,
        name="project-margins", wide=True,
        head=[_("Project"), _("Customer"), _("Hours"), _("Billable"), _("Billed"),
              *(_("At rates in %s") % one for one in currencies),
              *(f"{label} {currency}" for label in (_("Income"), _("Costs"), _("Margin"))),
              _("Margin %")],
        rows=[*(cells(row, row.name) for row in rows), cells(total, _("Total"))],
        kinds={len(rows): "total"},
    )  # fmt: skip


def _grouped(found: Iterable[Project]) -> list[MarginRow]:
    """A row for each cost object, and for each project without one; by the first project's number."""
    rows: dict[tuple[str, int], MarginRow] = {}
    for one in found:
        key = ("unit", one.cost_object_id) if one.cost_object_id else ("project", one.pk)
        rows.setdefault(key, MarginRow([])).projects.append(one)
    return list(rows.values())


def _add_hours(
    company: Company, by_project: dict[int, MarginRow], since: dt.date, until: dt.date
) -> None:
    """Minutes and their worth: at what they were billed, else at their own rate, else as the rates say."""
    rates = Rates(company)
    known = {one.pk: one for row in by_project.values() for one in row.projects}
    rows = HourEntry.of(company).filter(project__in=by_project, day__gte=since, day__lte=until)
    sums = rows.order_by().values_list(
        "project", "user", "day", "rate", "billed_rate", "is_billable"
    ).annotate(all=Sum("minutes"), billed=Sum("minutes", filter=Q(state=_State.BILLED)))  # fmt: skip
    at_rate = defaultdict[tuple[int, Decimal], int](int)
    for project, user, day, own, billed_rate, is_billable, minutes, billed in sums:
        row = by_project[project]
        row.minutes += minutes
        row.billed_minutes += billed or 0
        if not is_billable:
            continue
        row.billable += minutes
        rate = next((one for one in (billed_rate, own) if one is not None), None)
        rate = rate if rate is not None else rates.on(known[project], user, day)
        if rate is None:
            row.unrated += minutes
        else:
            at_rate[project, rate] += minutes
    for (project, rate), minutes in at_rate.items():
        row, currency = by_project[project], known[project].currency
        row.worth[currency] = row.worth.get(currency, ZERO) + worth(minutes, rate)


def _add_amounts(
    company: Company, rows: Iterable[MarginRow], since: dt.date, until: dt.date
) -> None:
    """Income and costs that the books have on the rows' cost objects."""
    by_unit = {row.projects[0].cost_object_id: row for row in rows if row.cost_object}
    for row in by_unit.values():
        row.income = row.costs = ZERO
    sums = lines_on(company, by_unit, since=since, until=until).order_by()
    for unit, kind, debit, credit in sums.values_list("cost_object", "account__type").annotate(
        Sum("debit"), Sum("credit")
    ):
        row = by_unit[unit]
        if kind == AccountType.INCOME:
            row.income = (row.income or ZERO) + credit - debit
        else:
            row.costs = (row.costs or ZERO) + debit - credit
