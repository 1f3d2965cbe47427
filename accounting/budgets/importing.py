"""A budget from CSV or XLSX (Budget importieren), in the form in which it is exported."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.budgets import planning
from accounting.budgets.models import Budget
from accounting.budgets.planning import Plan
from accounting.budgets.queries import Place, months_of
from accounting.ledger.entering import UnknownAccount, UnknownCostUnit
from accounting.ledger.models import Account, CostCentre
from erp.access.models import User
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.money import ZERO, typed_amount
from erp.core.spreadsheets import Row, rows_of

#: Columns and the titles they are found by; months are titled 2026-01 or 01.2026.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("account", "konto", "compte", "conto"),
    "cost_centre": ("cost_centre", "cost centre", "kostenstelle", "centre de coûts",
                    "centro di costo"),
    "amount": ("amount", "year", "betrag", "jahr", "montant", "année", "importo", "anno"),
}  # fmt: skip
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?", re.ASCII)
_SWISS_MONTH = re.compile(r"(\d{1,2})\.(\d{4})", re.ASCII)


class MonthsDiffer(DomainError):
    code = "budgets.months_differ"
    message = _("The months add up to %(found)s, the year says %(expected)s. Correct one of them, or "
                "leave the year or all months empty.")  # fmt: skip
    field = "amount"


class PlannedTwice(DomainError):
    code = "budgets.planned_twice"
    message = _("Row %(row)s plans the same account and cost centre. Put both into one row.")
    field = "account"


class NoAmountColumn(DomainError):
    code = "budgets.no_amount_column"
    message = _("The file has neither a column for the year nor one for a month of it, such as "
                "%(month)s. Its columns are: %(found)s.")  # fmt: skip
    field = "file"


@dataclass(frozen=True)
class BudgetPreview:
    """What an import would plan; ``refusals`` name every bad row."""

    plans: list[Plan]
    refusals: list[DomainError]

    @property
    def total(self) -> Decimal:
        """Planned result: income less expense."""
        sides = {Account.Type.INCOME: 1, Account.Type.EXPENSE: -1}
        return sum(
            (sides.get(one.account.type, 0) * sum(one.months.values(), ZERO)  # type: ignore[call-overload]
             for one in self.plans), ZERO,
        )  # fmt: skip


def preview(budget: Budget, content: bytes) -> BudgetPreview:
    """Read and check a file as the import would, writing nothing.

    A row plans an account, for a cost centre or for none: by month, or its year, which falls
    evenly on the months. Raises ``ColumnMissing``, ``NoAmountColumn`` or ``UnreadableFile``; bad
    rows are collected.
    """
    accounts = {a.number: a for a in Account.of(budget.company_id)}
    centres = {c.number: c for c in CostCentre.of(budget.company_id)}
    found, seen = BudgetPreview([], []), dict[Place, int]()
    columns: dict[str, str] = {}
    by_month: dict[dt.date, str] = {}
    for row in rows_of(content):
        if not columns:
            columns, by_month = _columns(list(row.cells), budget)
        told = {name: row.cells.get(title, "").strip() for name, title in columns.items()}
        try:
            one = _plan(budget, told, row, by_month, accounts, centres)
            if one.place in seen:
                raise PlannedTwice(row=seen[one.place])
            seen[one.place] = row.number
            planning.require_plannable(budget.fiscal_year, one)
            found.plans.append(one)
        except DomainError as refusal:
            found.refusals.append(_placed(refusal, row, columns))
    return found


@transaction.atomic
def import_budget(budget: Budget, content: bytes, *, by: User) -> BudgetPreview:
    """Plan what ``preview`` showed, or nothing; other accounts stay. Raises ``Refusals``."""
    found = preview(budget, content)
    if found.refusals:
        raise Refusals(found.refusals)
    planning.plan(budget, found.plans, by=by)
    return found


def _columns(titles: list[str], budget: Budget) -> tuple[dict[str, str], dict[dt.date, str]]:
    """The file's titles of our columns, and of the months."""
    columns = {
        name: title for name, known in COLUMNS.items()
        if (title := next((t for t in titles if t in known), None)) is not None
    }  # fmt: skip
    by_month = {month: title for title in titles if (month := _month(title)) is not None}
    shown = ", ".join(titles)[:200]
    if "account" not in columns:
        raise ColumnMissing(column="account", found=shown)
    if "amount" not in columns and not by_month:
        raise NoAmountColumn(month=f"{months_of(budget.fiscal_year)[0]:%Y-%m}", found=shown)
    return columns, by_month


def _plan(
    budget: Budget, told: Mapping[str, str], row: Row, by_month: Mapping[dt.date, str],
    accounts: Mapping[str, Account], centres: Mapping[str, CostCentre],
) -> Plan:  # fmt: skip
    account = accounts.get(told["account"])
    if account is None:
        raise UnknownAccount(value=told["account"])
    number = told.get("cost_centre", "")
    if number and number not in centres:
        raise UnknownCostUnit(value=number)
    months: dict[dt.date, Decimal] = defaultdict(Decimal)
    for month, title in by_month.items():
        if cell := row.cells.get(title, "").strip():
            months[month] = typed_amount(cell, field=title)
    given = told.get("amount", "")
    total = typed_amount(given, field="amount") if given else None
    if not months:
        months = defaultdict(Decimal, planning.spread(budget.fiscal_year, total or ZERO))
    elif total is not None and total != sum(months.values(), ZERO):
        raise MonthsDiffer(found=sum(months.values(), ZERO), expected=total)
    return Plan(account, centres.get(number), dict(months))


def _month(title: str) -> dt.date | None:
    iso, swiss = _ISO_MONTH.fullmatch(title), _SWISS_MONTH.fullmatch(title)
    if not iso and not swiss:
        return None
    year, month = iso.groups() if iso else reversed(swiss.groups())  # type: ignore[union-attr]
    try:
        return dt.date(int(year), int(month), 1)
    except ValueError:
        return None


def _placed(refusal: DomainError, row: Row, columns: Mapping[str, str]) -> BadRow:
    place = refusal.place or "account"
    title = columns.get(
        place, str(refusal.values.get("month", place)) if place == "month" else place
    )
    return BadRow(row=row.number, column=title, value=row.cells.get(title, "")[:60],
                  remedy=str(refusal))  # fmt: skip
