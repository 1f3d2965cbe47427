"""Posting entries: one by one, beside hand-written statements; many from a file, beside COPY."""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from decimal import Decimal

import psycopg
from django.db import connection, transaction

from accounting.ledger import posting
from accounting.ledger.importing import import_journal
from accounting.ledger.models import FiscalYear
from erp.access.models import User
from tools.bench.books import NUMBERS, Book, accounts_of, acting, found, random_lines
from tools.bench.measuring import interleaved, note


def bench_post(book: Book) -> None:
    """One validated entry, own transaction, beside the same rows by hand-written statements."""
    chance = random.Random(1)  # noqa: S311
    with acting(book) as (company, owner):
        accounts, year = accounts_of(company), FiscalYear.of(company).get(name="2026")
    plain = psycopg.connect(os.environ["DATABASE_OWNER_URL"])  # may write the trail by hand
    plain.prepare_threshold = 2
    day = dt.date(2026, 6, 15)
    state = {"place": 10**9, "number": 10**8}

    def ours() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rappen.companies', %s, true)",
                           ["{" + str(company.pk) + "}"])  # fmt: skip
            posting.post(company=company, date=day, text="Messung", by=owner,
                         lines=random_lines(accounts, chance))  # fmt: skip

    def by_hand() -> None:
        state["place"] += 1
        state["number"] += 1
        lines = random_lines(accounts, chance)
        with plain.transaction(), plain.cursor() as cursor:
            run = cursor.execute
            run("SELECT set_config('rappen.companies', %s, true)", ["{" + str(company.pk) + "}"])
            run("INSERT INTO accounting_journalentry (company_id, fiscal_year_id, date, text, voucher,"
                " kind, source, source_key, series, created_at, created_by_id) VALUES (%s, %s, %s,"
                " 'Messung', '', 'normal', 'manual', '', 'X', now(), %s) RETURNING id",
                [company.pk, year.pk, day, owner.pk])  # fmt: skip
            (entry,) = cursor.fetchone() or (0,)
            for position, line in enumerate(lines, 1):
                run("INSERT INTO accounting_entryline (company_id, entry_id, date, position,"
                    " account_id, debit, credit, text, currency, vat_part)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '')",
                    [company.pk, entry, day, position, line.account.pk, line.debit, line.credit])  # fmt: skip
            run("INSERT INTO erp_auditevent (company_id, at, by_id, action, subject, subject_id,"
                " details, address, agent, via, request_id, position, content_digest, digest)"
                " VALUES (%s, now(), %s, 'entry.post', 'journalentry', %s, '{}', '', '', 'command',"
                " '', %s, '\\x01', '\\x02')",
                [company.pk, owner.pk, entry, state["place"]])  # fmt: skip
            run("SELECT position FROM accounting_ledgerhead WHERE company_id = %s FOR UPDATE",
                [company.pk])  # fmt: skip
            run("UPDATE accounting_journalentry SET number = %s, posted_at = now(), posted_by_id = %s,"
                " chain_position = %s, content_digest = '\\x01', chain_digest = '\\x02' WHERE id = %s",
                [state["number"], owner.pk, state["place"], entry])  # fmt: skip
            for line in lines:
                run("INSERT INTO accounting_accounttotal AS t (company_id, fiscal_year_id, month,"
                    " opening, account_id, debit, credit, amount_foreign)"
                    " VALUES (%s, %s, %s, false, %s, %s, %s, 0) ON CONFLICT (company_id,"
                    " fiscal_year_id, month, opening, account_id, cost_centre_id) DO UPDATE"
                    " SET debit = t.debit + excluded.debit, credit = t.credit + excluded.credit",
                    [company.pk, year.pk, day.replace(day=1), line.account.pk, line.debit,
                     line.credit])  # fmt: skip

    for _ in range(20):
        ours(), by_hand()
    a, b = interleaved(300, ours, by_hand)
    plain.close()
    note("post one entry", book.lines, a, b, "<= 6", 6)


def bench_import() -> None:
    """100,000 lines from a CSV file, checked, beside COPY of the same rows under the same triggers."""
    book = found(100_001)
    chance = random.Random(2)  # noqa: S311
    rows = ["date;text;debit;credit;amount;voucher"]
    for nth in range(50_000):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=nth * 364 // 50_000)
        rows.append(f"{day};Buchung {nth};{chance.choice(NUMBERS)};1020;"
                    f"{Decimal(chance.randrange(100, 500_000)) / 100};{nth}")  # fmt: skip
    content = "\n".join(rows).encode()
    with acting(book) as (company, owner):
        started = time.perf_counter()
        import_journal(company=company, content=content, by=owner)
    ours = time.perf_counter() - started  # with the commit, which proves every entry
    plain = copied(book, owner)
    note(
        "import 100,000 lines from CSV (rate)", 100_000, ours, plain, ">= 25 %", 0.25, at_least=True
    )


def copied(book: Book, owner: User) -> float:
    """COPY of the very same entries and lines, as the server's administrator, who alone may."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url, autocommit=True) as admin:
        entries = admin.execute(
            "SELECT fiscal_year_id, date, text, voucher, id FROM accounting_journalentry"
            " WHERE company_id = %s ORDER BY id", [book.company],
        ).fetchall()  # fmt: skip
        lines = admin.execute(
            "SELECT entry_id, date, position, account_id, debit, credit FROM accounting_entryline"
            " WHERE company_id = %s ORDER BY id", [book.company],
        ).fetchall()  # fmt: skip
        (first,) = admin.execute("SELECT max(id) FROM accounting_journalentry").fetchone() or (0,)
        ids = {row[4]: first + nth for nth, row in enumerate(entries, 1)}
        started = time.perf_counter()
        with admin.transaction(), admin.cursor() as cursor:
            with cursor.copy(
                "COPY accounting_journalentry (id, company_id, fiscal_year_id, date, text, voucher,"
                " kind, source, source_key, series, created_at, created_by_id) FROM STDIN"
            ) as copy:
                now = dt.datetime.now(dt.UTC)
                for year, day, text, voucher, old in entries:
                    copy.write_row((ids[old], book.company, year, day, text, voucher, "normal",
                                    "import", "", "C", now, owner.pk))  # fmt: skip
            with cursor.copy(
                "COPY accounting_entryline (company_id, entry_id, date, position, account_id, debit,"
                " credit, text, currency, vat_part) FROM STDIN"
            ) as copy:
                for old, *rest in lines:
                    copy.write_row((book.company, ids[old], *rest, "", "", ""))
        return time.perf_counter() - started
