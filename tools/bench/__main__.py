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
from collections.abc import Sequence
from decimal import Decimal

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
from tools.bench.cockpit import bench_cockpit  # noqa: E402
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


def main(arguments: Sequence[str]) -> int:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--lines", default="10000,100000,1000000")
    told.add_argument(
        "--only",
        default="reports,sheet,journal,search,verify,post,import,camt,matching,reconciling,reference,slips,papers,invoices,items,"
        "capture,payments,vat,payroll,wage-papers,sync,api",
    )
    chosen = told.parse_args(arguments)
    works = chosen.only.split(",")
    sizes = (
        [int(n) for n in chosen.lines.split(",")]
        if set(works)
        - {
            "reference",
            "slips",
            "papers",
            "invoices",
            "items",
            "matching",
            "reconciling",
            "capture",
            "payments",
            "vat",
            "payroll",
            "wage-papers",
            "sync",
            "api",
            "cockpit",
        }
        else []
    )
    print(f"{'work':<44}{'lines':>10}  {'ours':>13} {'plain':>13}  ratio  target")
    books = []
    for size in sizes:
        book = found(size)
        seconds = fill(book)
        books.append(book)
        print(
            f"  loaded {size:,} lines in {seconds:.1f} s, {size / seconds:,.0f} lines/s", flush=True
        )
    analyse()
    reports = []
    for book in books:
        if "reports" in works:
            reports.append(bench_reports(book))
        if "sheet" in works:
            bench_sheet(book)
        if "journal" in works:
            bench_journal(book)
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
    if "import" in works:
        bench_import()
    if "camt" in works:
        bench_camt()
    if "matching" in works:
        bench_matching(analyse)
    if "reconciling" in works:
        bench_reconciling(analyse)
    if "reference" in works:
        bench_reference()
    if "slips" in works:
        bench_slips()
    if "capture" in works:
        bench_capture()
    if "papers" in works:
        bench_papers()
    if "invoices" in works:
        bench_invoices()
    if "items" in works:
        bench_open_items(analyse)
    if "payments" in works:
        bench_payment_file()
        bench_proposal(analyse)
    if "sync" in works:
        bench_sync(analyse)
    if "api" in works:
        bench_api(analyse)
    if "cockpit" in works:
        bench_cockpit(analyse)
    if "vat" in works:
        bench_return(analyse)
        bench_reconciliation(analyse)
    if "payroll" in works:
        bench_payroll(analyse)
    if "payroll-year" in works:
        bench_payroll_year(analyse)
    if "wage-papers" in works:
        bench_wage_papers()
    missed = [r.work for r in RESULTS if r.reached is False]
    print("all targets reached" if not missed else "MISSED: " + "; ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
