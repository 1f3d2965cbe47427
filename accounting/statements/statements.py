"""Balance sheet and income statement in the law's order (Bilanz, Erfolgsrechnung; OR 959a, 959b)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.budgets.models import Budget
from accounting.budgets.queries import budgets_of, planned_until, plans_balances
from accounting.ledger.balances import AccountSums, account_sums
from accounting.ledger.chart import OrPosition, or_positions
from accounting.ledger.models import FiscalYear
from accounting.ledger.models.accounts import Purpose
from accounting.ledger.queries import ChartRow, chart_rows
from erp.companies.models import Company
from erp.core.money import ZERO

CARRIED, RESULT = "959a-2-3f", "959a-2-3g"
NOTHING = AccountSums()


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A row as shown: figures positive on the position's own side.

    ``kind`` is section, group, position, account, total or grand; ``account`` is set on accounts
    that can be opened, ``computed`` (``CARRIED`` or ``RESULT``) on what no entry says.
    """

    kind: str
    code: str
    name: str
    figures: tuple[Decimal | None, ...]
    account: str = ""
    computed: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column shows: a fiscal year up to a day, as booked or as a budget plans it."""

    year: FiscalYear
    until: dt.date
    budget: Budget | None = None


@dataclass(frozen=True)
class Statement:
    """A statement with a figure in each row for each of ``columns``.

    Where one of them is a budget's, a last figure says by how much the first column departs from
    it. ``difference`` is what stands on the opening account; ``unplanned`` by how much a budget's
    assets depart from its liabilities and equity, as nobody is forced to plan both.
    """

    title: str
    columns: tuple[Column, ...]
    rows: list[StatementRow]
    result: tuple[Decimal, ...]
    difference: Decimal = ZERO
    unplanned: Decimal = ZERO

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The day of each figure."""
        days = tuple(c.until for c in self.columns)
        return (*days, days[0]) if self.budget else days

    @property
    def budget(self) -> Budget | None:
        return next((c.budget for c in self.columns if c.budget), None)

    def figure(self, code: str) -> Decimal:
        """The first column's figure of a row with this code."""
        found = next(row.figures[0] for row in self.rows if row.code == code and not row.account)
        return found if found is not None else ZERO


def columns(
    company: Company, *, until: dt.date, previous: bool = True, budget: Budget | None = None
) -> list[Column]:
    """The column for ``until``, the year before (its last day, or the same day where the year is
    not over), and what ``budget`` plans, if it is of that year."""
    year = FiscalYear.of(company).filter(start__lte=until, end__gte=until).first()
    if year is None:
        return []
    found = [Column(year, until)]
    before = FiscalYear.of(company).filter(end__lt=year.start).order_by("-end").first()
    if previous and before is not None:
        day = before.end if until == year.end else _same_day(until, before)
        found.append(Column(before, day))
    if budget is not None and budget.fiscal_year_id == year.pk:
        found.append(Column(year, until, budget))
    return found


def budget_for(company: Company, *, year: FiscalYear, balances: bool = False) -> Budget | None:
    """The budget a year's reports show; for the balance sheet only one that plans balances."""
    chosen = next((b for b in budgets_of(company, year) if b.is_chosen), None)
    return None if chosen is not None and balances and not plans_balances(chosen) else chosen


def balance_sheet(
    company: Company, cols: list[Column], *, language: str, chart: Sequence[ChartRow] | None = None
) -> Statement:
    """The balance sheet on each column's day, with the result of the year computed.

    That result stands where the account for the result of the year does, those of earlier years
    where the account for the result carried forward does, whether or not a year is closed: carrying
    forward takes no entry. Assets and liabilities are equal as every entry balances; ``difference`` shows what an
    incomplete opening balance leaves on the opening account. ``chart`` are the accounts as they were, in
    order of their numbers; else they are as they are.
    """
    accounts = list(chart or chart_rows(company, language=language))
    sums = _sums(company, cols, accounts)
    figures = {
        a.pk: [s.get(a.pk, NOTHING).closing for s in sums] for a in accounts if a.is_balance_sheet
    }
    results = [a.pk for a in accounts if a.is_result]
    carried = [sum((s[pk].before for pk in results if pk in s), ZERO) for s in sums]
    result = [sum((s[pk].of_year for pk in results if pk in s), ZERO) for s in sums]
    computed = [
        _computed(
            CARRIED, _("Results of earlier years"), Purpose.RETAINED_EARNINGS, carried, accounts
        ),
        _computed(RESULT, _("Result of the year"), Purpose.RESULT_OF_YEAR, result, accounts),
    ]
    rows = _rows("balance", accounts, figures, computed, len(cols), language)
    closing = [a.pk for a in accounts if not a.is_balance_sheet and not a.is_result]
    opening = [sum((s[pk].closing for pk in closing if pk in s), ZERO) for s in sums]
    over = [sum((f[n] for f in figures.values()), carried[n] + result[n] + opening[n])
            for n in range(len(cols))]  # fmt: skip
    return Statement(
        _("Balance sheet"), tuple(cols), _compared(rows, cols), tuple(-r for r in result),
        difference=opening[0] if opening else ZERO,
        unplanned=sum((o for o, c in zip(over, cols, strict=True) if c.budget), ZERO),
    )  # fmt: skip


def income_statement(
    company: Company, cols: list[Column], *, language: str, cost_centre: int | None = None,
    chart: Sequence[ChartRow] | None = None,
) -> Statement:  # fmt: skip
    """Income and expense of each column's year up to its day, with the usual subtotals."""
    accounts = list(chart or chart_rows(company, language=language))
    sums = _sums(company, cols, accounts, cost_centre=cost_centre)
    figures = {a.pk: [s.get(a.pk, NOTHING).of_year for s in sums] for a in accounts if a.is_result}
    result = [-sum((f[nth] for f in figures.values()), ZERO) for nth in range(len(cols))]
    rows = _rows("income", accounts, figures, [], len(cols), language)
    return Statement(
        _("Income statement"), tuple(cols), _compared(rows, cols), tuple(result)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Computed:
    """A row that no entry says: which, its name, where it stands, and its amounts, debit positive.

    ``account`` is the id of the account that it stands on, where there is one.
    """

    code: str
    name: str
    position: str
    amounts: list[Decimal]
    account: int | None = None


def _computed(
    code: str, name: str, purpose: str, amounts: list[Decimal], accounts: list[ChartRow]
) -> Computed:
    """As the account of the purpose is called and where it stands; else in the law's own place."""
    account = next((a for a in accounts if a.purpose == purpose and a.or_position), None)
    if account is None:
        return Computed(code, name, code, amounts)
    return Computed(
        code, f"{account.number} {account.name}", account.or_position, amounts, account.pk
    )


def _sums(
    company: Company, cols: list[Column], accounts: list[ChartRow], *, cost_centre: int | None = None
) -> list[dict[int, AccountSums]]:  # fmt: skip
    """Each column's sums by account; in a budget's, the plan stands in for what was booked."""
    found: list[dict[int, AccountSums]] = []
    for col in cols:
        if col.budget is None:
            found.append(
                account_sums(company, year=col.year, until=col.until, cost_centre=cost_centre)
            )
        else:
            planned = planned_until(col.budget, col.until, cost_centre=cost_centre)
            found.append(_as_planned(found[0], planned, accounts))
    return found


def _as_planned(
    booked: dict[int, AccountSums], planned: dict[int, Decimal], accounts: list[ChartRow]
) -> dict[int, AccountSums]:
    """What an account opens with as booked, and what is to come as planned."""
    sums = {}
    for account in accounts:
        known = booked.get(account.pk, NOTHING)
        opened = ZERO if account.is_result else known.opened  # a plan is for the whole year
        sums[account.pk] = AccountSums(known.before, opened, planned.get(account.pk, ZERO))
    return sums


def _compared(rows: list[StatementRow], cols: list[Column]) -> list[StatementRow]:
    """Where a column is a budget's, a last figure: the first column less the budget."""
    at = next((nth for nth, col in enumerate(cols) if col.budget), None)
    if at is None:
        return rows
    compared = []
    for row in rows:
        actual, planned = row.figures[0], row.figures[at]
        apart = None if actual is None or planned is None else actual - planned
        compared.append(replace(row, figures=(*row.figures, apart)))
    return compared


def _rows(
    statement: str,
    accounts: list[ChartRow],
    figures: dict[int, list[Decimal]],
    computed: list[Computed],
    width: int,
    language: str,
) -> list[StatementRow]:
    by_position: dict[str, list[ChartRow]] = defaultdict(list)
    for account in accounts:
        if account.pk in figures and any(figures[account.pk]):
            by_position[account.or_position].append(account)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * width)
    rows: list[StatementRow] = []
    group = ""
    for position in (p for p in or_positions() if p.statement == statement):
        sign = 1 if position.side == "D" else -1
        name = position.name_in(language)
        if position.kind in {"section", "group"}:
            group = position.code
            rows.append(StatementRow(position.kind, position.code, name, (None,) * width))
        elif position.adds:
            total = [sum((sums[c][n] for c in position.adds), ZERO) for n in range(width)]
            sums[position.code] = total
            kind = "grand" if position.code in {"A-total", "P-total", "959b-2-11"} else "total"
            rows.append(StatementRow(kind, position.code, name, tuple(total)))
        else:
            detail = _details(position, by_position, figures, computed, sign)
            total = [sum((row.figures[n] or ZERO for row in detail), ZERO) for n in range(width)]
            sums[position.code] = total
            sums[group] = [a + b for a, b in zip(sums[group], total, strict=True)]
            if detail:
                rows.append(StatementRow("position", position.code, name, tuple(total)))
                rows += detail
    return rows


def _details(
    position: OrPosition,
    by_position: dict[str, list[ChartRow]],
    figures: dict[int, list[Decimal]],
    computed: list[Computed],
    sign: int,
) -> list[StatementRow]:
    """The accounts of a position and what is computed there.

    What is carried forward is one with the balance of its account, as on the account's sheet.
    """
    accounts = by_position.pop(position.code, [])
    here = [one for one in computed if one.position == position.code and any(one.amounts)]
    carried = {one.account: one.amounts for one in here if one.code == CARRIED}
    rows = []
    for a in accounts:
        amounts = figures[a.pk]
        if a.pk in carried:
            amounts = [own + more for own, more in zip(amounts, carried[a.pk], strict=True)]
        rows.append(StatementRow("account", position.code, f"{a.number} {a.name}",
                                 _on_side(sign, amounts), account=a.number))  # fmt: skip
    known = {a.pk for a in accounts}
    rows += [
        StatementRow("account", position.code, one.name, _on_side(sign, one.amounts),
                     computed=one.code)
        for one in here if one.code != CARRIED or one.account not in known
    ]  # fmt: skip
    return rows


def _on_side(sign: int, amounts: list[Decimal]) -> tuple[Decimal, ...]:
    """Debit positive amounts as the position shows them, without a negative zero."""
    return tuple(ZERO + sign * amount for amount in amounts)


def _same_day(day: dt.date, before: FiscalYear) -> dt.date:
    last_of_month = (day + dt.timedelta(days=1)).day == 1
    try:
        earlier = day.replace(year=day.year - 1)
    except ValueError:
        earlier = day.replace(year=day.year - 1, day=28)
    if last_of_month:
        earlier = (earlier.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        earlier -= dt.timedelta(days=1)
    return min(max(earlier, before.start), before.end)
