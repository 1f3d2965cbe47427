"""Closing a year and carrying it forward, beside plain SQL that does the same by hand over the totals."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

from accounting.closing.asking import standings
from accounting.closing.closing import close_checked
from accounting.closing.paper import paper_of
from accounting.ledger.models import FiscalYear, LedgerHead
from tools.bench.books import YEARS, Book, acting
from tools.bench.measuring import interleaved, note

# Every balance at the end of the year, what it was and the turnover, with the result.
_PLAIN = """
    CREATE TEMPORARY TABLE carried ON COMMIT DROP AS
    SELECT a.id, a.number, a.name_de, b.debit, b.credit, b.closing,
           CASE WHEN a.type IN ('income', 'expense') THEN 0 ELSE b.closing END AS opening,
           sum(b.closing) FILTER (WHERE a.type IN ('income', 'expense')) OVER () AS result
    FROM accounting_account a
    JOIN (SELECT t.account_id, sum(t.debit - t.credit) AS closing,
                 sum(t.debit) FILTER (WHERE y.id = %(year)s) AS debit,
                 sum(t.credit) FILTER (WHERE y.id = %(year)s) AS credit
          FROM accounting_accounttotal t
          JOIN accounting_fiscalyear y ON y.company_id = t.company_id AND y.id = t.fiscal_year_id
          WHERE t.company_id = %(company)s AND y.start <= %(start)s GROUP BY 1) b ON b.account_id = a.id
    WHERE a.company_id = %(company)s
"""
_LOCK = "UPDATE accounting_period SET lock = 'locked' WHERE company_id = %(company)s AND fiscal_year_id = %(year)s"
# What is kept of it: the same row, and the same line of the trail.
_KEEP = """
    INSERT INTO accounting_yearclosing (company_id, fiscal_year_id, nth, position, result, carried, figures,
        digest, findings, paper, closed_at, closed_by_id, reason)
    SELECT %(company)s, %(year)s, 1, %(head)s, max(result), max(result),
           jsonb_agg(jsonb_build_object('id', id, 'account', number, 'name', name_de, 'debit', debit::text,
                     'credit', credit::text, 'closing', closing::text) ORDER BY number),
           repeat('0', 64), '[]', %(paper)s, now(), %(by)s, ''
    FROM carried
"""
_TRAIL = """
    SELECT erp_audit_record(%(company)s, now(), %(by)s, 'year.close', 'fiscalyear', %(year)s, '{}', '', '',
                            'command', '')
"""
# Its procedure documentation is ordered: a job, and its line of the trail.
_JOB = """
    WITH job AS (
        INSERT INTO erp_job (company_id, kind, key, arguments, by_id, created_at, state, step, cursor, done,
            furthest, message, lines, lease, attempts, error_code, error)
        VALUES (%(company)s, 'procedure.keep', 'bench-' || %(year)s, '{}', %(by)s, now(), 'waiting', 0, '{}',
                0, 0, '', 0, '', 0, '', '')
        RETURNING id
    )
    SELECT erp_audit_record(%(company)s, now(), %(by)s, 'job.start', 'job', (SELECT id FROM job), '{}', '', '',
                            'command', '')
"""


def bench_closing(book: Book) -> None:
    """The last year of the books, so that the totals of all years are read. The others are closed for it."""
    with acting(book) as (company, owner), transaction.atomic():
        *before, year = FiscalYear.of(company).filter(name__in=map(str, YEARS)).order_by("start")
        head = LedgerHead.of(company).get().position
        for one in before:
            close_checked(company=company, year=one, by=owner, found=[], seen=head)
        told: dict[str, Any] = {
            "company": company.pk, "year": year.pk, "start": year.start, "head": head, "by": owner.pk,
            "paper": json.dumps(paper_of(company, year).told()),
        }  # fmt: skip

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
                for statement in (_LOCK, _KEEP, _TRAIL, _JOB):
                    cursor.execute(statement, told)
                transaction.set_rollback(True)

        mine, theirs = interleaved(11, ours, plain)
        note("close a year and carry it forward", book.lines, mine, theirs, "<= 3", 3)
        asked, _same = interleaved(3, lambda: standings(company, year), plain)
        note("close a year: its checks, before", book.lines, asked, theirs, "", None)
        transaction.set_rollback(True)
