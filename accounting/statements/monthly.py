"""Figures by month for charts: income and expense, and liquidity."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.models.accounts import LIQUID
from erp.companies.models import Company

_MONTHS = """
    SELECT t.month,
           coalesce(-sum(t.debit - t.credit) FILTER (WHERE a.type = 'income'), 0),
           coalesce(sum(t.debit - t.credit) FILTER (WHERE a.type = 'expense'), 0),
           coalesce(sum(t.debit - t.credit) FILTER (WHERE a.or_position = %(liquid)s), 0)
    FROM accounting_accounttotal t
    JOIN accounting_account a ON a.company_id = t.company_id AND a.id = t.account_id
    WHERE t.company_id = %(company)s AND t.month <= %(last)s
    GROUP BY t.month ORDER BY t.month
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A month: income and expense in it, and liquid funds at its end."""

    month: dt.date
    income: Decimal
    expense: Decimal
    liquidity: Decimal


def liquid_funds(company: Company, *, year: FiscalYear, day: dt.date) -> Decimal:
    """Cash and bank balances at the end of a day of ``year``."""
    sums = account_sums(company, year=year, until=day)
    liquid = Account.of(company).filter(or_position=LIQUID).values_list("pk", flat=True)
    return sum((sums[pk].closing for pk in liquid if pk in sums), Decimal(0))


def by_month(company: Company, *, last: dt.date, count: int = 12) -> list[Month]:
    """The ``count`` months up to that of ``last``, empty ones included."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"company": company.pk, "last": last, "liquid": LIQUID})
        rows = cursor.fetchall()
    first = last.year * 12 + last.month - count
    wanted = [dt.date(n // 12, n % 12 + 1, 1) for n in range(first, first + count)]
    amounts = {month: (income, expense) for month, income, expense, _change in rows}
    liquidity = sum((row[3] for row in rows if row[0] < wanted[0]), Decimal(0))
    changes = {row[0]: row[3] for row in rows}
    months = []
    for month in wanted:
        liquidity += changes.get(month, Decimal(0))
        income, expense = amounts.get(month, (Decimal(0), Decimal(0)))
        months.append(Month(month, income, expense, liquidity))
    return months
