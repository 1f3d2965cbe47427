"""Balances (Salden): totals for whole months, lines only for the part of a month.

Their cost follows the accounts and not the lines. One SQL statement answers each question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from accounting.ledger.models import FiscalYear
from erp.companies.models import Company
from erp.core.money import ZERO

# What was posted up to a day, by account.
_SUMS = """
    WITH posted AS (
        SELECT t.account_id, t.fiscal_year_id = %(year)s AS this_year, t.opening,
               t.debit, t.credit, t.amount_foreign
        FROM accounting_accounttotal t
        JOIN accounting_fiscalyear y ON y.company_id = t.company_id AND y.id = t.fiscal_year_id
        WHERE t.company_id = %(company)s
          AND (y.start < %(start)s OR t.fiscal_year_id = %(year)s)
          AND t.month < %(cut_month)s
          {centre_of_total}
        UNION ALL
        SELECT l.account_id, e.fiscal_year_id = %(year)s, e.kind = 'opening',
               l.debit, l.credit, coalesce(l.amount_foreign, 0)
        FROM accounting_entryline l
        JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
        WHERE %(cut_month)s <= %(until)s
          AND l.company_id = %(company)s AND e.company_id = %(company)s
          AND e.date BETWEEN %(cut_month)s AND %(until)s AND e.number IS NOT NULL
          {centre_of_line}
    )
    SELECT p.account_id,
           coalesce(sum(debit - credit) FILTER (WHERE NOT this_year), 0),
           coalesce(sum(debit - credit) FILTER (WHERE this_year AND opening), 0),
           coalesce(sum(debit) FILTER (WHERE this_year AND NOT opening), 0),
           coalesce(sum(credit) FILTER (WHERE this_year AND NOT opening), 0),
           coalesce(sum(amount_foreign), 0)
    FROM posted p GROUP BY p.account_id
"""


@dataclass(frozen=True, slots=True)
class AccountSums:
    """What was posted to an account: all amounts in the company's currency, debit positive.

    ``before`` is what was posted before the year, ``opened`` the year's opening entries; ``debit``
    and ``credit`` the year's turnover; ``foreign`` the balance in the account's own currency.
    """

    before: Decimal = ZERO
    opened: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    foreign: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        return self.before + self.of_year

    @property
    def of_year(self) -> Decimal:
        """What the year itself brought. Books taken over in mid-year open income and expense."""
        return self.opened + self.debit - self.credit

    def shown(self, *, carried: bool) -> Decimal:
        """The balance as the account shows it: income and expense start each year at zero."""
        return self.closing if carried else self.of_year


def account_sums(
    company: Company, *, year: FiscalYear, until: dt.date, cost_centre: int | None = None
) -> dict[int, AccountSums]:
    """Sums by account id up to and including ``until``, a day of ``year``.

    With ``cost_centre`` (an id) only what was posted to it.
    """
    cut = cut_month(year, until)
    sql = _SUMS.format(
        centre_of_total="AND t.cost_centre_id = %(centre)s" if cost_centre else "",
        centre_of_line="AND l.cost_centre_id = %(centre)s" if cost_centre else "",
    )
    told: dict[str, Any] = {
        "company": company.pk, "year": year.pk, "start": year.start, "until": until,
        "cut_month": cut, "centre": cost_centre,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return {account: AccountSums(*sums) for account, *sums in cursor.fetchall()}


def balance_before(
    company: Company, *, account: int, day: dt.date, year: FiscalYear | None, carried: bool,
    cost_centre: int | None = None,
) -> tuple[Decimal, Decimal]:  # fmt: skip
    """An account's balance at the start of ``day``, and in its own currency; debit positive.

    ``carried`` says whether earlier years count (balance sheet accounts). Opening entries of the
    year count from its first day on.
    """
    month = day.replace(day=1)
    only = "" if carried or year is None else "AND {}.fiscal_year_id = %(year)s"
    centre = "AND {}.cost_centre_id = %(centre)s" if cost_centre else ""
    sql = f"""
        SELECT coalesce(sum(amount), 0), coalesce(sum(foreign_amount), 0) FROM (
            SELECT t.debit - t.credit AS amount, t.amount_foreign AS foreign_amount
            FROM accounting_accounttotal t
            WHERE t.company_id = %(company)s AND t.account_id = %(account)s
              AND t.month < %(month)s {only.format("t")} {centre.format("t")}
            UNION ALL
            SELECT l.debit - l.credit, coalesce(l.amount_foreign, 0)
            FROM accounting_entryline l
            JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
            WHERE l.company_id = %(company)s AND l.account_id = %(account)s
              AND l.date >= %(month)s AND l.date < %(day)s AND e.number IS NOT NULL
              {only.format("e")} {centre.format("l")}
        ) AS posted
    """  # noqa: S608 - only fixed text is put in
    told: dict[str, Any] = {
        "company": company.pk, "account": account, "month": month, "day": day,
        "year": year.pk if year else None, "centre": cost_centre,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        amount, foreign = cursor.fetchone()
    return amount, foreign


def results_before(company: Company, year: FiscalYear) -> Decimal:
    """Income and expense of all years before one, debit positive: what stands carried forward."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(t.debit - t.credit), 0) FROM accounting_accounttotal t"
            " JOIN accounting_fiscalyear y ON y.company_id = t.company_id"
            " AND y.id = t.fiscal_year_id"
            " JOIN accounting_account a ON a.company_id = t.company_id AND a.id = t.account_id"
            " WHERE t.company_id = %s AND y.start < %s AND a.type IN ('income', 'expense')",
            [company.pk, year.start],
        )
        (amount,) = cursor.fetchone()
    return Decimal(amount)


def cut_month(year: FiscalYear, until: dt.date) -> dt.date:
    """The first day of the month whose lines are read one by one, or the day after ``until``.

    A month counts as whole when ``until`` is its last day, or the year's.
    """
    tomorrow = until + dt.timedelta(days=1)
    if tomorrow.day == 1 or until == year.end:
        return tomorrow if tomorrow.day == 1 else _next_month(until)
    return until.replace(day=1)


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
