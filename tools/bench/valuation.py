"""Ten thousand open items in euros valued as of a day, beside plain SQL and one posting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account
from accounting.ledger.posting import post
from accounting.valuation import running
from accounting.valuation.models import ValuationPosition, ValuationRun
from accounting.valuation.reckoning import reckon
from accounting.valuation.views import PAGE
from erp.companies.models import Module
from erp.core import clock
from tools.bench.books import acting, found
from tools.bench.measuring import least_cpu, note

OPEN, DAY, RATE = 10_000, dt.date(2026, 12, 30), Decimal("0.938450")

_ITEMS = """
    INSERT INTO accounting_openitem (company_id, side, account_id, party, document, document_date,
        reference, text, due_date, currency, amount, base, entry_id, position, opened_on,
        open_amount, open_base)
    SELECT e.company_id, 'receivables', l.account_id, 'Kunde ' || e.id %% 300, e.voucher, e.date, '',
        '', e.date + 30, l.currency, l.amount_foreign, l.debit, e.id, l.position, e.date,
        l.amount_foreign, l.debit
    FROM accounting_journalentry e
    JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id AND l.position = 1
    WHERE e.company_id = %s AND e.text = 'Rechnung'
"""
# By hand, for this one question: what is open on the day, and what it is worth.
_PLAIN = """
    SELECT i.account_id, i.id, i.currency, i.amount - coalesce(sum(s.amount), 0) AS amount,
           i.base - coalesce(sum(s.base), 0) AS book,
           round((i.amount - coalesce(sum(s.amount), 0)) * %(rate)s, 2) AS value
    FROM accounting_openitem i
    LEFT JOIN accounting_settlement s
        ON s.company_id = i.company_id AND s.item_id = i.id AND s.date <= %(on)s
    WHERE i.company_id = %(company)s AND i.currency <> 'CHF' AND i.opened_on <= %(on)s
      AND (i.settled_on IS NULL OR i.settled_on > %(on)s)
    GROUP BY i.id, i.account_id, i.currency, i.amount, i.base
"""
_STORED = f"""
    WITH written AS (
        INSERT INTO accounting_valuationposition
            (company_id, run_id, account_id, item_id, currency, amount, book, value)
        SELECT %(company)s, %(run)s, p.* FROM ({_PLAIN}) AS p RETURNING value - book AS difference
    )
    SELECT sum(difference) FILTER (WHERE difference > 0), -sum(difference) FILTER (WHERE difference < 0)
    FROM written
"""


def bench_valuation(analyse: Callable[[], None]) -> None:
    """A run with its positions, entry and release: at most three times the same rows and one posting."""
    book = found(300_001)
    with acting(book) as (company, owner):
        accounts = {a.number: a for a in Account.of(company).select_related("vat_code", "company")}
        entries = []
        for nth in range(OPEN):
            base = Decimal(9000 + nth % 900).scaleb(-2)
            owed = debit(accounts["1101"], base, currency="EUR", amount_foreign=Decimal("100.00"))
            entries.append(NewEntry(dt.date(2026, 9, 1), "Rechnung", [owed, credit(accounts["3200"], base)],
                                    voucher=f"R-{nth}"))  # fmt: skip
        post_many(company=company, entries=entries, by=owner)
    analyse()
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        cursor.execute(_ITEMS, [company.pk])
        company.modules = [*company.modules, Module.RECEIVABLES]
        company.save(update_fields=["modules"])
    analyse()
    with acting(book) as (company, owner):
        typed = {"EUR": RATE}

        def ours() -> None:
            with transaction.atomic():
                run = running.value(company, date=DAY, by=owner, typed=typed)
                assert ValuationPosition.of(company).filter(run=run).count() == OPEN
                transaction.set_rollback(True)

        def plain() -> None:
            with transaction.atomic():
                run = ValuationRun.unscoped.create(
                    company=company, date=DAY, gains="income", rates=[], created_at=clock.now(),
                    created_by=owner,
                )  # fmt: skip
                told = {"company": company.pk, "on": DAY, "rate": RATE, "run": run.pk}
                with connection.cursor() as cursor:
                    cursor.execute(_STORED, told)
                    gains, losses = cursor.fetchone()
                beside = accounts["1108"]
                lines = [debit(beside, gains), credit(accounts["6999"], gains),
                         debit(accounts["6949"], losses), credit(beside, losses)]  # fmt: skip
                post(company=company, date=DAY, text="Bewertung", lines=lines, by=owner)
                assert ValuationPosition.of(company).filter(run=run).count() == OPEN
                transaction.set_rollback(True)

        def shown() -> None:
            found = reckon(company, DAY, typed=typed)
            assert (found.count, len(found.rows(most=PAGE))) == (OPEN, PAGE)

        def read() -> None:
            with connection.cursor() as cursor:
                cursor.execute(_PLAIN, {"company": company.pk, "on": DAY, "rate": RATE})
                assert len(cursor.fetchall()) == OPEN

        a, b = least_cpu(7, ours, plain)
        note(f"valuation of {OPEN:,} items, with its positions", OPEN, a, b, "<= 3", 3)
        a, b = least_cpu(7, shown, read)  # sums and a page of positions, beside the bare rows once
        note("valuation: the proposal, its first page", OPEN, a, b, "", None)
