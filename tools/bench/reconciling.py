"""The reconciliation page: 10,000 lines wait beside 10,000 open items; and the plain SQL of those rows."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.banking import importing
from accounting.banking.models import BankRule
from accounting.banking.reconciling import paging
from accounting.banking.rules.keeping import save_rule
from accounting.open_items.models import Side
from erp.cockpit.demo import statement_xml
from tools.bench.books import IBAN, accounts_of, acting, found
from tools.bench.matching import fill_items
from tools.bench.measuring import interleaved, note

COUNT, MOST_QUERIES, RULES = 10_000, 10, 20
DAY = dt.date(2026, 6, 1)

_PLAIN = """
    SELECT count(*) FROM accounting_banktransaction
    WHERE company_id = %(company)s AND bank_account_id = %(bank)s AND entry_id IS NULL AND amount <> 0
"""
_ROWS = """
    SELECT * FROM accounting_banktransaction
    WHERE company_id = %(company)s AND bank_account_id = %(bank)s AND entry_id IS NULL AND amount <> 0
    ORDER BY booking_date, id LIMIT 51
"""
_ITEMS = """
    SELECT id, side, account_id, contact_id, party, document, reference, due_date, opened_on,
           discount_percent, discount_until, currency, amount, open_amount
    FROM accounting_openitem WHERE company_id = %(company)s AND settled_on IS NULL
"""


def bench_reconciling(analyse: Callable[[], None]) -> None:
    """A page with rules and proposals in at most ten queries; its time beside the bare statements."""
    chance = random.Random(12)  # noqa: S311
    rows = [
        (1 + nth * 28 // COUNT, Decimal(chance.randrange(2_000, 500_000)) / 100,
         f"Kundin Nr{nth % 900} AG", f"Rechnung R-{nth}")
        for nth in range(COUNT)
    ]  # fmt: skip
    book = found(310_000)
    fill_items(book, [amount for _day, amount, _party, _text in rows], analyse)
    with acting(book) as (company, owner):
        content = statement_xml(IBAN, Decimal("0.00"), DAY, rows)
        importing.take_in(company=company, content=content, by=owner)
        company.modules = sorted({*company.modules, Side.RECEIVABLES})
        company.save(update_fields=["modules"])
        income = accounts_of(company)["3200"]
        for nth in range(RULES):
            save_rule(BankRule(company=company, name=f"Regel {nth}", account=income,
                               party_contains=f"Nr{nth} "), by=owner)  # fmt: skip
    analyse()
    with acting(book) as (company, _owner):

        def page() -> paging.LinePage:
            (bank,) = paging.accounts_of(company)
            return paging.page_of(bank)

        def plain() -> None:
            (bank,) = bank_ids
            told = {"company": company.pk, "bank": bank}
            with connection.cursor() as cursor:
                cursor.execute(_PLAIN, told)
                cursor.fetchall()
                cursor.execute(_ROWS, told)
                cursor.fetchall()
                cursor.execute(_ITEMS, told)
                cursor.fetchall()

        bank_ids = [bank.pk for bank in paging.accounts_of(company)]
        with CaptureQueriesContext(connection) as seen:
            shown = page()
        print(f"  {COUNT:,} lines wait, {len(shown.lines)} are shown, {len(seen)} queries")
        assert len(shown.lines) == paging.PAGE and len(seen) <= MOST_QUERIES
        ours, bare = interleaved(25, page, plain)
        note("reconciliation: a page of 10,000 lines", COUNT, ours, bare, "<= 10", 10)
