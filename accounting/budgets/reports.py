"""A budget as a table: to be taken along, and imported again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.budgets import queries
from accounting.budgets.comparing import Compared, Comparison, Measure
from accounting.budgets.models import Budget
from accounting.ledger.models import Account, CostCentre
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


def budget_table(budget: Budget) -> Table:
    """All accounts by cost centre and month, in the form that can be imported again."""
    company = budget.company
    chart = {a.pk: a for a in Account.of(company)}
    centres = {c.pk: c.number for c in CostCentre.of(company)}
    months = queries.months_of(budget.fiscal_year)
    rows: list[list[Any]] = [
        [chart[account].number, chart[account].name, centres.get(centre or 0, ""),
         sum(planned.values(), ZERO), *(planned.get(month, ZERO) for month in months)]
        for (account, centre), planned in queries.amounts(budget).items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[0], row[2]))
    return table(
        title=f"{_('Budget')} {budget.fiscal_year}", subtitle=budget.name,
        head=[_("Account"), _("Name"), _("Cost centre"), _("Year"),
              *(f"{month:%Y-%m}" for month in months)],
        rows=rows, name="budget", wide=True,
    )  # fmt: skip


def comparison_table(found: Comparison) -> Table:
    """Each account's plan, what other budgets plan, and what was booked, with the sums below."""

    def cells(one: Compared) -> list[Any]:
        worse = _("worse than allowed") if one.warns else ""
        return [one.planned, *one.others, one.booked, one.difference, one.percent, worse]

    rows: list[list[Any]] = [
        [row.account.number, row.account.name, *cells(row)] for row in found.rows if row.account
    ]
    sums = [["", str(Measure(name).label), *cells(one)] for name, one in found.sums.items()]
    return table(
        title=f"{_('Budget')} {found.budget.fiscal_year}: {found.budget.name}",
        subtitle=swiss_date(found.until),
        head=[_("Account"), _("Name"), found.budget.name, *(one.name for one in found.others),
              _("Booked"), _("Difference"), "%", _("Warning")],
        rows=[*rows, *sums], name="budget-comparison", wide=True,
        kinds={len(rows) + nth: "total" for nth in range(len(sums))},
    )  # fmt: skip
