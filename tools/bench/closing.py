"""Closing a year and carrying it forward, beside plain SQL that does the same by hand over the totals."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from accounting.closing.asking import standings
from accounting.closing.closing import close_checked
from accounting.ledger.models import FiscalYear, LedgerHead
from tools.bench.books import YEARS, Book, acting
from tools.bench.measuring import interleaved, note

# What others write as closing and opening entries: every balance at the end of the year, with the result.
_PLAIN = """
    CREATE TEMPORARY TABLE carried ON COMMIT DROP AS
    SELECT a.id, a.number, CASE WHEN a.type IN ('income', 'expense') THEN 0 ELSE b.closing END AS opening,
           sum(b.closing) FILTER (WHERE a.type IN ('income', 'expense')) OVER () AS result
    FROM accounting_account a
    JOIN (SELECT t.account_id, sum(t.debit - t.credit) AS closing
          FROM accounting_accounttotal t
          JOIN accounting_fiscalyear y ON y.company_id = t.company_id AND y.id = t.fiscal_year_id
          WHERE t.company_id = %(company)s AND y.start <= %(start)s GROUP BY 1) b ON b.account_id = a.id
    WHERE a.company_id = %(company)s
"""
_LOCK = "UPDATE accounting_period SET lock = 'locked' WHERE company_id = %(company)s AND fiscal_year_id = %(year)s"


def bench_closing(book: Book) -> None:
    """The last year of the books, so that the totals of all years are read."""
    with acting(book) as (company, owner):
        year = FiscalYear.of(company).get(name=str(YEARS[-1]))
        head = LedgerHead.of(company).get().position
        told: dict[str, Any] = {"company": company.pk, "year": year.pk, "start": year.start}

        def ours() -> None:
            with transaction.atomic():
                close_checked(company=company, year=year, by=owner, found=[], seen=head)
                transaction.set_rollback(True)

        def plain() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT FROM accounting_ledgerhead WHERE company_id = %(company)s FOR UPDATE",
                    told,
                )
                cursor.execute(_PLAIN, told)
                cursor.execute("SELECT * FROM carried ORDER BY number")
                cursor.fetchall()
                cursor.execute(_LOCK, told)
                transaction.set_rollback(True)

        mine, theirs = interleaved(11, ours, plain)
        note("close a year and carry it forward", book.lines, mine, theirs, "<= 3", 3)
        asked, _same = interleaved(3, lambda: standings(company, year), plain)
        note("close a year: its checks, before", book.lines, asked, theirs, "", None)
