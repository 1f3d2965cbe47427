"""Budgets beside what was booked (Soll-Ist-Vergleich): by account and by month, and where they part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounting.budgets import queries
from accounting.budgets.models import Budget
from accounting.budgets.queries import DEBIT_SIDE, Place
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, CostCentre
from accounting.ledger.queries import ChartRow, chart_rows
from erp.core.money import ZERO

MOST_OTHERS: Final = 3  # budgets beside the one that is compared


class Measure(TextChoices):
    """What is shown by month, where it is not one account."""

    RESULT = "result", _("Result")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


@dataclass(frozen=True, slots=True)
class Compared:
    """Something planned beside what was booked; ``others`` is what further budgets plan.

    Amounts are positive on the account's own side, of a result where it is a profit. ``warns``
    where what was booked is worse than planned by more than is allowed.
    """

    planned: Decimal
    booked: Decimal
    others: tuple[Decimal, ...]
    warns: bool = False

    @property
    def difference(self) -> Decimal:
        """What was booked less what was planned."""
        return self.booked - self.planned

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the plan, to a tenth; None where nothing is planned."""
        if not self.planned:
            return None
        return (100 * self.difference / abs(self.planned)).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class AccountRow(Compared):
    """An account up to the day."""

    account: ChartRow | None = None


@dataclass(frozen=True, slots=True)
class MonthRow(Compared):
    """A whole calendar month, as far as it was booked."""

    month: dt.date = dt.date.min


@dataclass(frozen=True, slots=True)
class Comparison:
    """A budget beside the books until a day, by account, and by month of the whole year.

    ``percent`` is what may be departed from without a warning.
    """

    budget: Budget
    others: tuple[Budget, ...]
    until: dt.date
    percent: Decimal
    rows: tuple[AccountRow, ...]
    sums: Mapping[str, Compared]
    months: tuple[MonthRow, ...]

    @property
    def warnings(self) -> list[AccountRow]:
        return [row for row in self.rows if row.warns]


def comparison(
    budget: Budget, *, until: dt.date, language: str, others: Sequence[Budget] = (),
    cost_centre: CostCentre | None = None, measure: str = Measure.RESULT,
    account: Account | None = None, percent: Decimal | None = None,
) -> Comparison:  # fmt: skip
    """Compare a budget with the books up to a day of its year, and with others of the same year.

    Of the month that the day cuts, as much is planned as has passed of it. ``cost_centre`` narrows
    all of it to one; ``measure`` or ``account`` says what the months tell; ``percent`` is that of
    the budget where it is not told. A fixed number of queries, and two more for each other budget.
    """
    company, year = budget.company, budget.fiscal_year
    centre = cost_centre.pk if cost_centre else None
    allowed = budget.warn_percent if percent is None else percent
    chart = [row for row in chart_rows(company, language=language) if row.is_result]
    sides = {row.pk: 1 if row.type in DEBIT_SIDE else -1 for row in chart}
    plans = [queries.planned_until(one, until, cost_centre=centre) for one in (budget, *others)]
    sums = account_sums(company, year=year, until=until, cost_centre=centre)
    rows = []
    for row in chart:
        planned, *beside = (ZERO + sides[row.pk] * plan.get(row.pk, ZERO) for plan in plans)
        booked = ZERO + sides[row.pk] * (sums[row.pk].of_year if row.pk in sums else ZERO)
        if planned or booked or any(beside):
            warns = _warns(row.type, planned, booked, allowed)
            rows.append(AccountRow(planned, booked, tuple(beside), warns, row))
    return Comparison(
        budget, tuple(others), until, allowed, tuple(rows), _sums(rows, allowed, len(others)),
        tuple(_months(budget, others, chart, centre, measure, account, allowed)),
    )  # fmt: skip


def _warns(kind: str, planned: Decimal, booked: Decimal, percent: Decimal) -> bool:
    """Whether an expense exceeds its plan, or an income or result falls short, by more than allowed.

    What stands in the balance sheet is never better or worse.
    """
    if kind not in Measure.values:
        return False
    worse = booked - planned if kind == Account.Type.EXPENSE else planned - booked
    return worse > 0 and worse * 100 > abs(planned) * percent


def _sums(rows: Sequence[AccountRow], percent: Decimal, others: int) -> dict[str, Compared]:
    """Income, expense and result of the accounts."""

    def of(kind: str) -> list[Decimal]:
        told = [
            (r.planned, r.booked, *r.others) for r in rows if r.account and r.account.type == kind
        ]
        return [sum(column, ZERO) for column in zip(*told, strict=True)] or [ZERO] * (2 + others)

    income, expense = of(Account.Type.INCOME), of(Account.Type.EXPENSE)
    result = [i - e for i, e in zip(income, expense, strict=True)]
    return {
        str(measure): Compared(one[0], one[1], tuple(one[2:]), _warns(measure, one[0], one[1], percent))
        for measure, one in (
            (Measure.INCOME, income), (Measure.EXPENSE, expense), (Measure.RESULT, result),
        )
    }  # fmt: skip


def _months(
    budget: Budget, others: Sequence[Budget], chart: Sequence[ChartRow], centre: int | None,
    measure: str, account: Account | None, percent: Decimal,
) -> list[MonthRow]:  # fmt: skip
    if account is not None:
        kind, signs = account.type, {account.pk: 1}
    else:
        kind, signs = measure, {
            row.pk: 1 if measure != Measure.RESULT or row.type == Account.Type.INCOME else -1
            for row in chart if measure in {Measure.RESULT, row.type}
        }  # fmt: skip
    also = account.pk if account is not None else 0
    booked = _by_month(queries.booked(budget.company, budget.fiscal_year, also=also), signs, centre)
    planned, *beside = (_by_month(queries.amounts(one), signs, centre) for one in (budget, *others))
    return [
        MonthRow(planned[month], booked[month], tuple(one[month] for one in beside),
                 bool(booked[month]) and _warns(kind, planned[month], booked[month], percent), month)
        for month in queries.months_of(budget.fiscal_year)
    ]  # fmt: skip


def _by_month(
    places: Mapping[Place, Mapping[dt.date, Decimal]], signs: Mapping[int, int], centre: int | None
) -> defaultdict[dt.date, Decimal]:
    found: defaultdict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for (pk, one), by_month in places.items():
        if pk in signs and centre in {None, one}:
            for month, amount in by_month.items():
                found[month] += signs[pk] * amount
    return found
