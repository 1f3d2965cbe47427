"""Statements of a bank: reading beside a bare parser, importing beside COPY of the same rows."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import time
from decimal import Decimal
from io import BytesIO

import psycopg
from lxml import etree

from accounting.banking import importing
from accounting.banking.camt import reading as camt
from erp.cockpit.demo import statement_xml
from tools.bench.books import IBAN, Book, acting, found
from tools.bench.measuring import least_cpu, note


def bench_camt() -> None:
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

    reading, floor = least_cpu(5, lambda: camt.read(content), bare)
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
               " by_hand, details, matched")  # fmt: skip
    with psycopg.connect(url, autocommit=True) as admin:
        rows = admin.execute(
            f"SELECT {columns} FROM accounting_banktransaction WHERE company_id = %s",  # noqa: S608
            [book.company],
        ).fetchall()
        started = time.perf_counter()
        with admin.transaction(), admin.cursor() as cursor:
            # What follows changes asks which companies are open.
            cursor.execute(
                "SELECT set_config('rappen.companies', %s, true)", [f"{{{book.company}}}"]
            )
            with cursor.copy(f"COPY accounting_banktransaction ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row[:4], "x" + row[4], *row[5:-2], *map(json.dumps, row[-2:])))
        return time.perf_counter() - started
