"""What was posted to cost centres and cost objects (Kostenstellen, Kostenträger), as sums and as lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounting.ledger.balances import cut_month
from accounting.ledger.models import EntryLine, FiscalYear
from accounting.ledger.models.accounts import RESULT_TYPES, AccountType
from erp.companies.models import Company
from erp.core.money import ZERO

_BY_CENTRE: Final = """
    SELECT unit, type, sum(amount) FROM (
        SELECT t.cost_centre_id AS unit, a.type, t.credit - t.debit AS amount
        FROM accounting_accounttotal t
        JOIN accounting_account a ON a.company_id = t.company_id AND a.id = t.account_id
        WHERE t.company_id = %(company)s AND t.fiscal_year_id = %(year)s AND t.month < %(cut)s
          AND a.type IN ('income', 'expense')
        UNION ALL
        SELECT l.cost_centre_id, a.type, l.credit - l.debit
        FROM accounting_entryline l
        JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
        JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
        WHERE l.company_id = %(company)s AND l.date BETWEEN %(cut)s AND %(until)s
          AND e.number IS NOT NULL AND a.type IN ('income', 'expense')
    ) AS posted GROUP BY unit, type
"""
_BY_OBJECT: Final = """
    SELECT l.cost_object_id, a.type, sum(l.credit - l.debit)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    WHERE l.company_id = %(company)s AND l.cost_object_id IS NOT NULL
      AND l.date BETWEEN %(start)s AND %(until)s
      AND e.number IS NOT NULL AND a.type IN ('income', 'expense')
    GROUP BY l.cost_object_id, a.type
"""


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Income and costs of a span, both as they are spoken of: what came in, and what it cost."""

    income: Decimal = ZERO
    costs: Decimal = ZERO

    @property
    def result(self) -> Decimal:
        return self.income - self.costs


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A line of a posted entry (by id and number): income or costs."""

    entry: int
    number: int
    date: dt.date
    text: str
    account: str
    income: Decimal | None
    costs: Decimal | None


def centre_sums(
    company: Company, *, year: FiscalYear, until: dt.date
) -> dict[int | None, UnitSums]:
    """Income and costs of a year until a day, by cost centre id; None is what has none. One query.

    It reads totals, and the lines of a month that ``until`` cuts.
    """
    told: dict[str, Any] = {
        "company": company.pk,
        "year": year.pk,
        "cut": cut_month(year, until),
        "until": until,
    }
    return _asked(_BY_CENTRE, told)


def object_sums(
    company: Company, *, year: FiscalYear, until: dt.date
) -> dict[int | None, UnitSums]:
    """Income and costs of a year until a day, by cost object id. One query over their lines."""
    told = {"company": company.pk, "start": year.start, "until": until}
    return _asked(_BY_OBJECT, told)


def lines_on(
    company: Company, objects: Iterable[int | None], *, since: dt.date, until: dt.date
) -> QuerySet[EntryLine]:
    """Posted lines of income and expenses on cost objects, both days included."""
    return EntryLine.of(company).filter(
        cost_object__in=list(objects), date__gte=since, date__lte=until,
        entry__number__isnull=False, account__type__in=list(RESULT_TYPES),
    )  # fmt: skip


def newest(rows: QuerySet[EntryLine], most: int) -> list[UnitLine]:
    """The newest of these lines first, at most so many. One query."""
    rows = rows.select_related("entry", "account").order_by("-date", "-entry", "position")
    return [_line(one) for one in rows[:most]]


def _line(one: EntryLine) -> UnitLine:
    is_income = one.account.type == AccountType.INCOME
    return UnitLine(
        one.entry_id, one.entry.number or 0, one.date, one.text or one.entry.text, str(one.account),
        income=one.credit - one.debit if is_income else None,
        costs=None if is_income else one.debit - one.credit,
    )  # fmt: skip


def _asked(sql: str, told: dict[str, Any]) -> dict[int | None, UnitSums]:
    found: dict[int | None, UnitSums] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        for unit, kind, amount in cursor.fetchall():
            known = found.get(unit, UnitSums())
            if kind == AccountType.INCOME:
                found[unit] = UnitSums(known.income + amount, known.costs)
            else:
                found[unit] = UnitSums(known.income, known.costs - amount)
    return found
