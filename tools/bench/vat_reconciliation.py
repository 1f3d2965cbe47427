"""The annual reconciliation of a year, beside plain SQL that only adds up the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection

from tools.bench.books import YEARS, acting
from tools.bench.measuring import interleaved, note
from tools.bench.vat import vat_book
from vat.returns.reconciling import reconciliation

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
#: The books by account and code, and what the return of the year counts.
_PLAIN = (
    """
    SELECT l.account_id, l.vat_code_id, sum(l.debit - l.credit), sum(l.vat_base), count(*)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    WHERE l.company_id = %(company)s AND l.date BETWEEN %(start)s AND %(end)s
      AND (a.type = 'income' OR a.purpose LIKE 'input_tax%%') AND e.number IS NOT NULL
    GROUP BY 1, 2
    """,
    """
    SELECT l.vat_code_id, l.vat_rate, l.vat_part, sum(l.vat_base), sum(l.debit - l.credit)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.vat_code_id IS NOT NULL
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL
    GROUP BY 1, 2, 3
    """,
)


def bench_reconciliation(analyse: Callable[[], None], lines: int = 1_000_000) -> None:
    """A year whose periods are open, so that nothing is known from returns already."""
    book = vat_book(lines, YEARS)
    analyse()
    with acting(book) as (company, _owner):
        told: dict[str, Any] = {"company": company.pk, "start": YEAR[0], "end": YEAR[1]}

        def plain() -> None:
            with connection.cursor() as cursor:
                for sql in _PLAIN:
                    cursor.execute(sql, told)
                    cursor.fetchall()

        mine, theirs = interleaved(7, lambda: reconciliation(company, *YEAR), plain)
        found = reconciliation(company, *YEAR)
        if found.turnover.rest or found.input_tax.rest:
            raise AssertionError(found.turnover.steps)
        note("annual VAT reconciliation", book.lines, mine, theirs, "<= 3", 3)
