"""What is planned, and what was booked beside it."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from accounting.budgets.models import Budget, BudgetAmount
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.models.accounts import RESULT_TYPES
from accounting.ledger.queries import ChartRow, chart_rows
from accounting.ledger.years import months
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes

#: Ids of an account and of a cost centre, or None for none.
Place = tuple[int, int | None]
DEBIT_SIDE = frozenset({Account.Type.ASSET, Account.Type.EXPENSE})

_BOOKED = """
    SELECT t.account_id, t.cost_centre_id, t.month, sum(t.debit - t.credit), a.type
    FROM accounting_accounttotal t
    JOIN accounting_account a ON a.company_id = t.company_id AND a.id = t.account_id
    WHERE t.company_id = %s AND t.fiscal_year_id = %s
          AND (a.type IN ('income', 'expense') OR (%s = t.account_id AND NOT t.opening))
    GROUP BY t.account_id, t.cost_centre_id, t.month, a.type
    HAVING sum(t.debit - t.credit) <> 0
    ORDER BY t.month
"""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """An account in a budget; amounts are positive on its own side.

    ``planned`` is what one cost centre (or none) plans, ``in_all`` what all of them do;
    ``before`` was booked in the year before, ``so_far`` in the budget's own year: to the cost
    centre that is looked at, or to any. ``aim`` is what of the plan compares with that.
    """

    account: ChartRow
    planned: Decimal
    in_all: Decimal
    before: Decimal
    so_far: Decimal
    aim: Decimal

    @property
    def change(self) -> str:
        """From the year before to the plan, in percent with a sign; nothing where nothing was."""
        if not self.before:
            return ""
        return f"{100 * (self.aim - self.before) / abs(self.before):+.1f} %"


@dataclass(frozen=True, slots=True)
class Sums:
    """Income, expense and result of a budget's columns: planned, before, so far, in all."""

    income: tuple[Decimal, ...]
    expense: tuple[Decimal, ...]
    result: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of one account in a budget, beside what was booked in it and a year earlier."""

    month: dt.date
    planned: Decimal
    before: Decimal
    so_far: Decimal


def months_of(year: FiscalYear) -> list[dt.date]:
    """The first day of each calendar month that a year touches."""
    return [start.replace(day=1) for start, _end in months(year.start, year.end)]


def budgets_of(company: Company, year: FiscalYear) -> list[Budget]:
    """A year's budgets, the chosen one first."""
    found = Budget.of(company).filter(fiscal_year=year).select_related("fiscal_year")
    return list(found.order_by("-is_chosen", "name"))


def amounts(
    budget: Budget, *, cost_centre: int | None = None, account: int | None = None
) -> dict[Place, dict[dt.date, Decimal]]:
    """What is planned, by place and month; of one cost centre or account where it is given."""
    rows = BudgetAmount.of(budget.company_id).filter(budget=budget)
    if cost_centre is not None:
        rows = rows.filter(cost_centre=cost_centre)
    if account is not None:
        rows = rows.filter(account=account)
    found: dict[Place, dict[dt.date, Decimal]] = defaultdict(dict)
    for number, centre, month, amount in rows.order_by("account", "month").values_list(
        "account", "cost_centre", "month", "amount"
    ):
        found[number, centre][month] = amount
    return dict(found)


def planned_until(
    budget: Budget, until: dt.date, *, cost_centre: int | None = None
) -> dict[int, Decimal]:
    """What is planned by account id up to a day, debit positive, rounded to the centime.

    Of the month that ``until`` cuts, as much counts as has passed of its days in the year.
    """
    types = dict(Account.of(budget.company_id).values_list("pk", "type"))
    year, sums = budget.fiscal_year, defaultdict[int, Decimal](Decimal)
    for (account, _centre), planned in amounts(budget, cost_centre=cost_centre).items():
        for month, amount in planned.items():
            sums[account] += amount * _passed(month, until, year)
    return {
        account: to_centimes(amount if types[account] in DEBIT_SIDE else -amount)
        for account, amount in sums.items()
    }


def planned_results(budget: Budget, until: dt.date) -> dict[int | None, Decimal]:
    """The result that is planned up to a day by cost centre id, profit positive; None is what has none.

    Of the month that ``until`` cuts, as much counts as ``planned_until`` takes.
    """
    types = dict(Account.of(budget.company_id).values_list("pk", "type"))
    year, sums = budget.fiscal_year, defaultdict[int | None, Decimal](Decimal)
    for (account, centre), planned in amounts(budget).items():
        if types[account] in RESULT_TYPES:
            sign = -1 if types[account] in DEBIT_SIDE else 1
            for month, amount in planned.items():
                sums[centre] += sign * amount * _passed(month, until, year)
    return {centre: to_centimes(amount) for centre, amount in sums.items()}


def plans_balances(budget: Budget) -> bool:
    """Whether assets or liabilities are planned, too."""
    planned = BudgetAmount.of(budget.company_id).filter(budget=budget)
    return planned.exclude(account__type__in=RESULT_TYPES).exists()


def year_before(company: Company, year: FiscalYear) -> FiscalYear | None:
    return FiscalYear.of(company).filter(end__lt=year.start).order_by("-end").first()


def booked_before(company: Company, year: FiscalYear) -> dict[Place, dict[dt.date, Decimal]]:
    """What the year before brought on income and expense, on the months of ``year``."""
    before = year_before(company, year)
    return moved(booked(company, before), before, year) if before else {}


def booked(
    company: Company, year: FiscalYear, *, also: int = 0
) -> dict[Place, dict[dt.date, Decimal]]:
    """What a year brought on income and expense, positive on the account's own side.

    ``also`` is the id of an account of the balance sheet to be told, too, without its opening.
    """
    found: dict[Place, dict[dt.date, Decimal]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [company.pk, year.pk, also])
        for account, centre, month, amount, kind in cursor.fetchall():
            found[account, centre][month] = amount if kind in DEBIT_SIDE else -amount
    return dict(found)


def moved(
    places: Mapping[Place, Mapping[dt.date, Decimal]], start: FiscalYear, target: FiscalYear
) -> dict[Place, dict[dt.date, Decimal]]:
    """Amounts of one year's months on another's, first on first; months beyond fall away."""
    onto = dict(zip(months_of(start), months_of(target), strict=False))
    return {
        place: {onto[month]: amount for month, amount in amounts.items() if month in onto}
        for place, amounts in places.items()
    }


def sheet(budget: Budget, *, language: str, cost_centre: int | None = None) -> list[SheetRow]:
    """Every account that can be planned; ``cost_centre`` is whose plan is looked at (none: None).

    The balance sheet's accounts are there where something is planned for them.
    """
    company, year = budget.company, budget.fiscal_year
    planned = amounts(budget)
    own: dict[int, Decimal] = {}
    everyone: dict[int, Decimal] = defaultdict(Decimal)
    for (account, centre), by_month in planned.items():
        total = sum(by_month.values(), ZERO)
        everyone[account] += total
        if centre == cost_centre:
            own[account] = total
    before = year_before(company, year)
    past = _totals(company, before, cost_centre) if before else {}
    now = _totals(company, year, cost_centre)
    return [
        SheetRow(row, own.get(row.pk, ZERO), everyone.get(row.pk, ZERO),
                 _on_side(row.type, past.get(row.pk, ZERO)), _on_side(row.type, now.get(row.pk, ZERO)),
                 (everyone if cost_centre is None else own).get(row.pk, ZERO))
        for row in chart_rows(company, language=language)
        if row.is_result or (row.is_balance_sheet and row.pk in everyone)
    ]  # fmt: skip


def sums(rows: list[SheetRow]) -> Sums:
    """A sheet's income, expense and result."""

    def of(kind: str) -> tuple[Decimal, ...]:
        told = [(r.planned, r.before, r.so_far, r.in_all) for r in rows if r.account.type == kind]
        return tuple(sum(column, ZERO) for column in zip(*told, strict=True)) or (ZERO,) * 4

    income, expense = of(Account.Type.INCOME), of(Account.Type.EXPENSE)
    result = tuple(i - e for i, e in zip(income, expense, strict=True))
    return Sums(income, expense, result)


def month_rows(budget: Budget, account: Account, *, cost_centre: int | None) -> list[MonthRow]:
    """One account's months: what is planned for one cost centre, or for none.

    Beside it stands what was booked to that centre, or for none all that was booked.
    """
    company, year = budget.company, budget.fiscal_year
    planned = amounts(budget, account=account.pk).get((account.pk, cost_centre), {})
    before = year_before(company, year)
    past = moved(booked(company, before, also=account.pk), before, year) if before else {}
    then = _of_account(past, account, cost_centre)
    now = _of_account(booked(company, year, also=account.pk), account, cost_centre)
    return [
        MonthRow(month, planned.get(month, ZERO), then[month], now[month])
        for month in months_of(year)
    ]


def _of_account(
    places: Mapping[Place, Mapping[dt.date, Decimal]], account: Account, cost_centre: int | None
) -> defaultdict[dt.date, Decimal]:
    found: defaultdict[dt.date, Decimal] = defaultdict(Decimal)
    for (pk, centre), by_month in places.items():
        if pk == account.pk and cost_centre in {None, centre}:
            for month, amount in by_month.items():
                found[month] += amount
    return found


def _totals(company: Company, year: FiscalYear, cost_centre: int | None) -> dict[int, Decimal]:
    sums = account_sums(company, year=year, until=year.end, cost_centre=cost_centre)
    return {account: found.of_year for account, found in sums.items()}


def _on_side(kind: str, amount: Decimal) -> Decimal:
    """A debit positive amount as positive on the account's own side, and the other way round."""
    return ZERO + (amount if kind in DEBIT_SIDE else -amount)


def _passed(month: dt.date, until: dt.date, year: FiscalYear) -> Decimal:
    """How much of a month's days in the year have passed at the end of ``until``: 0 to 1."""
    first = max(month, year.start)
    last = min(month.replace(day=monthrange(month.year, month.month)[1]), year.end)
    if until >= last:
        return Decimal(1)
    if until < first:
        return Decimal(0)
    return Decimal((until - first).days + 1) / Decimal((last - first).days + 1)
