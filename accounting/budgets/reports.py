"""A budget as a table: to be taken along, and imported again."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.budgets import queries
from accounting.budgets.models import Budget
from accounting.ledger.models import Account, CostCentre
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
