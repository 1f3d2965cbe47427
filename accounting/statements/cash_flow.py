"""The cash flow statement (Geldflussrechnung, OR 961b): from the result to the change in liquid funds.

By the indirect method, from the turnover of each position of the balance sheet; opening entries are
no flow. As every entry balances, the flows come to the change in liquid funds by themselves. Books
that begin in mid-year open income and expense, too: the result is that of the income statement, and
what was earned before the books were taken over, which the opening liquid funds hold, is taken off
in a line of its own. What is decided of a dividend counts as owed among other short-term liabilities until it is paid.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from accounting.ledger.balances import account_sums
from accounting.ledger.models import FiscalYear
from accounting.ledger.models.accounts import LIQUID
from accounting.ledger.queries import ChartRow, chart_rows
from accounting.statements.statements import StatementRow
from erp.companies.models import Company
from erp.core.money import ZERO

DATA: Final = Path(__file__).parent / "data"
RESULT, TAKEN_OVER, DEPRECIATION = "result", "taken_over", "depreciation"
VALUE_ADJUSTMENTS: Final = "959b-2-6"


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line of the statement, and the positions whose turnover it adds up."""

    code: str
    section: str
    positions: tuple[str, ...]
    name_de: str
    name_fr: str
    name_it: str
    name_en: str

    def name_in(self, language: str) -> str:
        name: str = getattr(self, f"name_{language[:2]}", self.name_de)
        return name


@dataclass(frozen=True)
class CashFlow:
    """Flows by year, money coming in positive; ``opening`` and ``closing`` are the liquid funds."""

    years: tuple[FiscalYear, ...]
    rows: list[StatementRow]
    opening: tuple[Decimal, ...]
    closing: tuple[Decimal, ...]


@cache
def flow_lines() -> tuple[FlowLine, ...]:
    """The lines in order, as shipped."""
    with (DATA / "cash_flow.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            FlowLine(**row | {"positions": tuple(row["positions"].split(";"))})
            for row in csv.DictReader(file)
        )


def cash_flow(
    company: Company, years: list[FiscalYear], *, language: str,
    chart: Sequence[ChartRow] | None = None,
) -> CashFlow:  # fmt: skip
    """The statement of whole years, one column each; a query per year over totals, one for the chart.

    ``chart`` are the accounts as they were; else they are as they are.
    """
    accounts = chart or chart_rows(company, language=language)
    found = [_flows(company, year, accounts) for year in years]
    width = range(len(years))
    titles = {
        "operating": _("Operating activities"), "investing": _("Investing activities"),
        "financing": _("Financing activities"),
    }  # fmt: skip
    totals = {
        "operating": _("Cash flow from operating activities"),
        "investing": _("Cash flow from investing activities"),
        "financing": _("Cash flow from financing activities"),
    }
    rows: list[StatementRow] = []
    for section, title in titles.items():
        rows.append(StatementRow("group", section, title, tuple(None for _nth in width)))
        whole = [ZERO for _nth in width]
        for line in (one for one in flow_lines() if one.section == section):
            amounts = tuple(
                sum((found[n].by_position[p] for p in line.positions), ZERO) for n in width
            )
            whole = [a + b for a, b in zip(whole, amounts, strict=True)]
            if any(amounts):
                rows.append(StatementRow("position", line.code, line.name_in(language), amounts))
        rows.append(StatementRow("total", f"{section}-total", totals[section], tuple(whole)))
    other = tuple(found[n].by_position[""] for n in width)
    if any(other):
        rows.append(StatementRow("position", "unassigned", _("Closing accounts"), other))
    opening, closing = tuple(f.opening for f in found), tuple(f.closing for f in found)
    change = tuple(c - o for o, c in zip(opening, closing, strict=True))
    rows.append(StatementRow("grand", "change", _("Change in liquid funds"), change))
    rows.append(StatementRow("position", "opening", _("Liquid funds at the beginning"), opening))
    rows.append(StatementRow("position", "closing", _("Liquid funds at the end"), closing))
    return CashFlow(tuple(years), rows, opening, closing)


@dataclass(frozen=True, slots=True)
class _Flows:
    by_position: defaultdict[str, Decimal]
    opening: Decimal
    closing: Decimal


def _flows(company: Company, year: FiscalYear, accounts: Sequence[ChartRow]) -> _Flows:
    sums = account_sums(company, year=year, until=year.end)
    flows: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    opening = closing = ZERO
    for account in accounts:
        own = sums.get(account.pk)
        if own is None:
            continue
        flow = own.credit - own.debit
        if account.is_result:
            flows[RESULT] -= own.of_year
            flows[TAKEN_OVER] += own.opened
            if account.or_position == VALUE_ADJUSTMENTS:  # in the result, and no money
                flows[VALUE_ADJUSTMENTS] -= flow
                flows[DEPRECIATION] += flow
        elif account.or_position == LIQUID:
            opening += own.before + own.opened
            closing += own.closing
        else:
            flows[account.or_position] += flow
    return _Flows(flows, opening, closing)
