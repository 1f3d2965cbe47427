"""``make bench``: how long the books take, beside the same work in plain SQL, in the same run.

Only the ratios of one run mean anything; each stands beside what it must reach. ``--lines`` chooses
the sizes (10000,100000,1000000), ``--only`` names works.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

import django

django.setup()

import psycopg  # noqa: E402 - settings come first
from django.db import connection, transaction  # noqa: E402

from accounting.banking import importing  # noqa: E402
from accounting.banking.camt import reading as camt  # noqa: E402
from accounting.ledger import posting, queries  # noqa: E402
from accounting.ledger.importing import import_journal  # noqa: E402
from accounting.ledger.models import Account, FiscalYear  # noqa: E402
from accounting.ledger.verifying import verify_ledger  # noqa: E402
from accounting.statements import statements  # noqa: E402
from accounting.statements.trial_balance import trial_balance  # noqa: E402
from erp.access.models import User  # noqa: E402
from erp.cockpit.demo import statement_xml  # noqa: E402
from tools.bench.api import bench_api  # noqa: E402
from tools.bench.assets import bench_assets  # noqa: E402
from tools.bench.books import (  # noqa: E402
    IBAN,
    NUMBERS,
    Book,
    accounts_of,
    acting,
    fill,
    found,
    random_lines,
)
from tools.bench.capture import bench_capture  # noqa: E402
from tools.bench.closing import bench_closing  # noqa: E402
from tools.bench.cockpit import bench_cockpit  # noqa: E402
from tools.bench.fields import bench_fields  # noqa: E402
from tools.bench.invoices import bench_invoices  # noqa: E402
from tools.bench.matching import bench_matching  # noqa: E402
from tools.bench.measuring import RESULTS, interleaved, note  # noqa: E402
from tools.bench.open_items import bench_open_items  # noqa: E402
from tools.bench.papers import bench_papers  # noqa: E402
from tools.bench.payments import bench_payment_file, bench_proposal  # noqa: E402
from tools.bench.payroll import bench_payroll  # noqa: E402
from tools.bench.payroll_year import bench_payroll_year  # noqa: E402
from tools.bench.reconciling import bench_reconciling  # noqa: E402
from tools.bench.reference import bench_reference  # noqa: E402
from tools.bench.search import bench_search  # noqa: E402
from tools.bench.slips import bench_slips  # noqa: E402
from tools.bench.sync import bench_sync  # noqa: E402
from tools.bench.valuation import bench_valuation  # noqa: E402
from tools.bench.vat import bench_return  # noqa: E402
from tools.bench.vat_reconciliation import bench_reconciliation  # noqa: E402
from tools.bench.wage_papers import bench_wage_papers  # noqa: E402


# --- the works --------------------------------------------------------------------------------------
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


def bench_reports(book: Book) -> dict[str, float]:
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


def bench_camt() -> None:
    from io import BytesIO

    from lxml import etree

    chance = random.Random(3)  # noqa: S311
    book = found(10_001)
    movements = [
        (1 + nth * 28 // 10_000, Decimal(chance.randrange(100, 500_000)) / 100,
         f"Kundin {nth % 900}", f"Rechnung {nth}")
        for nth in range(10_000)
    ]  # fmt: skip
    content = statement_xml(IBAN, Decimal("0.00"), dt.date(2026, 6, 1), movements)

    def bare() -> None:
        for _event, element in etree.iterparse(BytesIO(content), events=("end",)):
            if element.tag.endswith("}Ntry"):
                element.clear()

    reading, floor = interleaved(5, lambda: camt.read(content), bare)
    note("camt.053, 10,000 entries: reading", 10_000, reading, floor, "<= 3", 3)
    with acting(book) as (company, owner):
        started = time.perf_counter()
        importing.take_in(company=company, content=content, by=owner)
    ours = time.perf_counter() - started
    note(
        "camt.053, 10,000 entries: import",
        10_000,
        ours,
        reading + copied_movements(book),
        "<= 5",
        5,
    )


def copied_movements(book: Book) -> float:
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    columns = ("company_id, bank_account_id, statement_id, position, dedupe_key, booking_date,"
               " value_date, amount, is_reversal, bank_code, party, party_iban, reference, text,"
               " details")  # fmt: skip
    with psycopg.connect(url, autocommit=True) as admin:
        rows = admin.execute(
            f"SELECT {columns} FROM accounting_banktransaction WHERE company_id = %s",  # noqa: S608
            [book.company],
        ).fetchall()
        started = time.perf_counter()
        with admin.transaction(), admin.cursor() as cursor, cursor.copy(
            f"COPY accounting_banktransaction ({columns}) FROM STDIN"
        ) as copy:  # fmt: skip
            for row in rows:
                copy.write_row((*row[:4], "x" + row[4], *row[5:-1], json.dumps(row[-1])))
        return time.perf_counter() - started


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
             first[1] / 1e9, "<= 1.5", 1.5)  # fmt: skip


def analyse() -> None:
    """What autovacuum would do by itself after a while."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")


#: Works on books of each size, in this order.
OF_BOOKS: Final = ("reports", "sheet", "journal", "closing", "search", "verify", "post")
#: Works that make what they need.
ALONE: Final[dict[str, Callable[[], None]]] = {
    "import": bench_import,
    "camt": bench_camt,
    "matching": partial(bench_matching, analyse),
    "reconciling": partial(bench_reconciling, analyse),
    "reference": bench_reference,
    "slips": bench_slips,
    "capture": bench_capture,
    "papers": bench_papers,
    "invoices": bench_invoices,
    "items": partial(bench_open_items, analyse),
    "valuation": partial(bench_valuation, analyse),
    "assets": partial(bench_assets, analyse),
    "payment-file": bench_payment_file,
    "payments": partial(bench_proposal, analyse),
    "sync": partial(bench_sync, analyse),
    "api": partial(bench_api, analyse),
    "cockpit": partial(bench_cockpit, analyse),
    "fields": partial(bench_fields, analyse),
    "vat": partial(bench_return, analyse),
    "vat-reconciliation": partial(bench_reconciliation, analyse),
    "payroll": partial(bench_payroll, analyse),
    "payroll-year": partial(bench_payroll_year, analyse),
    "wage-papers": bench_wage_papers,
}
#: What takes very long: only when it is asked for.
LONG: Final = ("cockpit", "payroll-year")


def main(arguments: Sequence[str]) -> int:
    everything = [*OF_BOOKS, *ALONE]
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--lines", default="10000,100000,1000000")
    told.add_argument("--only", default=",".join(one for one in everything if one not in LONG))
    chosen = told.parse_args(arguments)
    works = chosen.only.split(",")
    if unknown := [one for one in works if one not in everything]:
        told.error(f"--only: {', '.join(unknown)} is none of {', '.join(everything)}")
    print(f"{'work':<44}{'lines':>10}  {'ours':>13} {'plain':>13}  ratio  target")
    on_books = [one for one in OF_BOOKS if one in works]
    books = [_filled(int(size)) for size in chosen.lines.split(",")] if on_books else []
    analyse()
    if books:
        _on_books(books, on_books)
    for name in ALONE:
        if name in works:
            ALONE[name]()
    missed = [r.work for r in RESULTS if r.reached is False]
    print("all targets reached" if not missed else "MISSED: " + "; ".join(missed))
    return 1 if missed else 0


def _filled(size: int) -> Book:
    book = found(size)
    seconds = fill(book)
    print(f"  loaded {size:,} lines in {seconds:.1f} s, {size / seconds:,.0f} lines/s", flush=True)
    return book


def _on_books(books: Sequence[Book], works: Sequence[str]) -> None:
    reports = []
    for book in books:
        if "reports" in works:
            reports.append(bench_reports(book))
        if "sheet" in works:
            bench_sheet(book)
        if "journal" in works:
            bench_journal(book)
        if "closing" in works:
            bench_closing(book)
    if len(reports) > 1:
        for name, title in (("trial", "trial balance"), ("balance", "balance sheet")):
            note(f"{title}: largest against smallest", books[-1].lines, reports[-1][name],
                 reports[0][name], "<= 1.5", 1.5)  # fmt: skip
    if "search" in works:
        bench_search(books[-1], analyse)
    if "verify" in works:
        bench_verify(books)
    if "post" in works:
        for book in books:
            bench_post(book)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
