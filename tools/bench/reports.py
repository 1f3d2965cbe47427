"""Reports of the ledger, beside the plain SQL that reads the same rows; and the proof of the chain."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from collections.abc import Sequence

from django.db import connection

from accounting.ledger import queries
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.verifying import verify_ledger
from accounting.statements import statements
from accounting.statements.trial_balance import trial_balance
from tools.bench.books import Book, acting
from tools.bench.measuring import interleaved, note

_TOTALS = """
    SELECT a.number, a.name_de,
           sum(t.debit - t.credit) FILTER (WHERE t.fiscal_year_id <> %(year)s),
           sum(t.debit) FILTER (WHERE t.fiscal_year_id = %(year)s),
           sum(t.credit) FILTER (WHERE t.fiscal_year_id = %(year)s)
    FROM accounting_accounttotal t
    JOIN accounting_account a ON a.company_id = t.company_id AND a.id = t.account_id
    WHERE t.company_id = %(company)s AND t.month <= %(until)s
    GROUP BY a.number, a.name_de ORDER BY a.number
"""


def bench_reports(books: Sequence[Book]) -> None:
    """Trial balance and balance sheet of each size, and of the largest beside the smallest."""
    taken = [_reports(book) for book in books]
    if len(taken) > 1:
        for name, title in (("trial", "trial balance"), ("balance", "balance sheet")):
            note(f"{title}: largest against smallest", books[-1].lines, taken[-1][name],
                 taken[0][name], "<= 1.5", 1.5)  # fmt: skip


def _reports(book: Book) -> dict[str, float]:
    with acting(book) as (company, _owner):
        year = FiscalYear.of(company).get(name="2026")
        before = FiscalYear.of(company).get(name="2025")

        def totals(*years: FiscalYear) -> None:
            with connection.cursor() as cursor:
                for one in years:
                    cursor.execute(
                        _TOTALS, {"company": company.pk, "year": one.pk, "until": one.end}
                    )
                    cursor.fetchall()

        trial, plain_trial = interleaved(
            25, lambda: trial_balance(company, year=year, until=year.end), lambda: totals(year)
        )
        note("trial balance", book.lines, trial, plain_trial, "<= 4", 4)

        def sheet() -> None:
            cols = statements.columns(company, until=year.end)
            statements.balance_sheet(company, cols, language="de")

        balance, plain_balance = interleaved(25, sheet, lambda: totals(year, before))
        note("balance sheet with previous year", book.lines, balance, plain_balance, "<= 4", 4)
        return {"trial": trial, "balance": balance}


_SHEET = """
    SELECT e.id, e.number, l.date, e.text, l.debit, l.credit,
           %(opening)s + sum(l.debit - l.credit) OVER (ORDER BY l.date, e.number, l.position)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL
    ORDER BY l.date, e.number, l.position
"""


def bench_sheet(book: Book) -> None:
    with acting(book) as (company, _owner):
        account = Account.of(company).select_related("company").get(number="1020")
        start, end = dt.date(2026, 6, 1), dt.date(2026, 6, 30)
        rows = 0

        def ours() -> None:
            nonlocal rows
            found = queries.account_sheet(company, account, start=start, end=end, limit=100_000)
            rows = len(found.rows)

        def plain() -> None:
            told = {"company": company.pk, "account": account.pk, "start": start, "end": end}
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT coalesce(sum(debit - credit), 0) FROM accounting_accounttotal WHERE"
                    " company_id = %(company)s AND account_id = %(account)s AND month < %(start)s", told,
                )  # fmt: skip
                (opening,) = cursor.fetchone()
                cursor.execute(_SHEET, {**told, "opening": opening})
                cursor.fetchall()

        a, b = interleaved(11, ours, plain)
        note(f"account sheet, one month, {rows:,} lines", book.lines, a, b, "<= 4", 4)


def bench_journal(book: Book) -> None:
    with acting(book) as (company, _owner):
        entries = queries.journal(company)
        oldest = queries.journal(company).order_by("date", "number", "pk")[100]
        key = f"{oldest.date.isoformat()}.{oldest.number}.{oldest.pk}"
        first, last = interleaved(
            15,
            lambda: queries.journal_page(entries),
            lambda: queries.journal_page(entries, after=key),
        )
        slow, fast = max(first, last), min(first, last)
        note("journal: first and last page", book.lines, slow, fast, "<= 1.5", 1.5)


def bench_verify(books: Sequence[Book]) -> None:
    """Seconds per line, and the peak of what Python holds, over the sizes."""
    found_out = []
    for book in books:
        with acting(book) as (company, _owner):
            started = time.perf_counter()
            verdict = verify_ledger(company)
            taken = time.perf_counter() - started
        with acting(book) as (company, _owner):
            tracemalloc.start()
            verify_ledger(company)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        kinds = sorted({one.kind for one in verdict.breaks})
        print(f"  verify_ledger {book.lines:,}: {taken:.2f} s, peak {peak / 1e6:.1f} MB, {kinds}")
        found_out.append((taken / verdict.lines, peak))
    if len(found_out) > 1:
        first, last = found_out[0], found_out[-1]
        note("verify_ledger: time per line, largest/smallest", books[-1].lines, last[0], first[0],
             "<= 1.5", 1.5)  # fmt: skip
        note("verify_ledger: peak memory, largest/smallest", books[-1].lines, last[1] / 1e9,
             first[1] / 1e9, "<= 1.5", 1.5, unit="MB")  # fmt: skip
