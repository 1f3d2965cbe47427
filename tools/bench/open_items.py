"""Open items as of any day, beside the same question in plain SQL, with little and much history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import connection

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from accounting.open_items.models import Side
from accounting.open_items.queries import open_on
from erp.companies.models import Module
from tools.bench.books import Book, accounts_of, acting, found
from tools.bench.measuring import interleaved, note

OPEN, DAY = 2_000, dt.date(2026, 12, 1)
HISTORIES = (2_000, 16_000)  # items settled long ago

_ITEMS = """
    INSERT INTO accounting_openitem (company_id, side, account_id, party, document, document_date,
        reference, text, due_date, currency, amount, base, entry_id, position, opened_on,
        open_amount, open_base)
    SELECT e.company_id, 'receivables', l.account_id, 'Kunde ' || e.id %% 300, e.voucher, e.date, '',
        '', e.date + 30, 'CHF', l.debit, l.debit, e.id, l.position, e.date, l.debit, l.debit
    FROM accounting_journalentry e
    JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id AND l.position = 1
    WHERE e.company_id = %s AND e.text = 'Rechnung'
"""
_SETTLEMENTS = """
    INSERT INTO accounting_settlement (company_id, item_id, kind, date, amount, base, entry_id,
        position, created_at, created_by_id)
    SELECT e.company_id, i.id, 'payment', e.date, l.credit, l.credit, e.id, l.position, now(), %s
    FROM accounting_journalentry e
    JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id AND l.position = 2
    JOIN accounting_openitem i ON i.company_id = e.company_id AND i.document = e.voucher
    WHERE e.company_id = %s AND e.text = 'Zahlung'
"""
# By hand, for the one day it is asked about: the items, and what was paid of them until then.
_PLAIN = """
    SELECT i.id, i.party, i.document, i.document_date, i.due_date, i.currency, i.amount,
           i.amount - coalesce(sum(s.amount), 0), i.base - coalesce(sum(s.base), 0)
    FROM accounting_openitem i
    LEFT JOIN accounting_settlement s
        ON s.company_id = i.company_id AND s.item_id = i.id AND s.date <= %(on)s
    WHERE i.company_id = %(company)s AND i.side = 'receivables' AND i.opened_on <= %(on)s
      AND (i.settled_on IS NULL OR i.settled_on > %(on)s)
    GROUP BY i.company_id, i.id HAVING i.amount <> coalesce(sum(s.amount), 0) ORDER BY i.due_date, i.id
"""


def bench_open_items(analyse: Callable[[], None]) -> None:
    """The list of a day: at most three times plain SQL, and alike however long the history."""
    taken = []
    for nth, history in enumerate(HISTORIES, 1):
        book = found(200_000 + nth)
        fill_items(book, history, analyse)
        with acting(book) as (company, _owner):

            def ours() -> None:
                assert len(open_on(company, DAY, Side.RECEIVABLES)) == OPEN  # noqa: B023

            def plain() -> None:
                with connection.cursor() as cursor:
                    cursor.execute(_PLAIN, {"company": company.pk, "on": DAY})  # noqa: B023
                    assert len(cursor.fetchall()) == OPEN

            a, b = interleaved(15, ours, plain)
            note(f"open items on a day, {OPEN:,} open", history, a, b, "<= 3", 3)
            taken.append(a)
    note(
        "open items: much history against little", HISTORIES[-1], taken[-1], taken[0], "<= 1.5", 1.5
    )


def fill_items(
    book: Book, history: int, analyse: Callable[[], None], *, still_open: int = OPEN
) -> None:
    """Invoices paid long ago, invoices that are open, every third of them paid in part."""
    with acting(book) as (company, owner):
        accounts = accounts_of(company)
        owed, bank, income = (accounts[n] for n in ("1100", "1020", "3200"))
        amount, entries = Decimal("107.70"), []
        for nth in range(history + still_open):
            settled = nth < history
            day = dt.date(2024, 1, 5) + dt.timedelta(nth % 600) if settled else dt.date(2026, 9, 1)
            entries.append(NewEntry(day, "Rechnung", [debit(owed, amount), credit(income, amount)],
                                    voucher=f"R-{nth}"))  # fmt: skip
            if settled or nth % 3 == 0:
                paid = amount if settled else Decimal("50.00")
                entries.append(NewEntry(day + dt.timedelta(20), "Zahlung",
                                        [debit(bank, paid), credit(owed, paid)],
                                        voucher=f"R-{nth}"))  # fmt: skip
        for start in range(0, len(entries), 10_000):
            post_many(company=company, entries=entries[start : start + 10_000], by=owner)
    for sql, more in ((_ITEMS, []), (_SETTLEMENTS, [owner.pk])):
        analyse()  # the rows are put together by what they say, and there are many
        with acting(book) as (company, owner), connection.cursor() as cursor:
            cursor.execute(sql, [*more, company.pk])
    analyse()
    with acting(book) as (company, _owner):
        company.modules = [*company.modules, Module.RECEIVABLES]
        company.save(update_fields=["modules"])
