"""Reference data: importing beside a bare COPY of the same rows, and looking things up."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import time
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.core import clock
from erp.reference import queries
from erp.reference.models import Bank, Locality
from erp.reference.sources import SOURCES
from erp.reference.sources.normal import written
from erp.reference.tables import Table
from erp.reference.updating import update
from tools.bench.measuring import note

TARIFF_ROWS = 60_000
LOOKUPS = 200
IN_DATABASE = 0.002  # seconds a lookup may take there


def bench_reference() -> None:
    """An import may take three times a COPY of its rows, and a second; a lookup two queries."""
    today = clock.today()
    banks = _rows(Bank.objects.filter(valid_to=None), SOURCES["banks"].table)
    localities = _rows(
        Locality.objects.filter(kind="place", valid_to=None), SOURCES["localities"].table
    )
    for name, rows in (("banks", banks), ("localities", localities)):
        table = SOURCES[name].table
        assert table is not None
        nth = table.columns.index("name")
        renamed = [(*row[:nth], f"{row[nth]} x", *row[nth + 1 :]) for row in rows]
        for work, day, told in (
            (f"{name}: every row changed", today, renamed),
            (f"{name}: nothing changed but the edition", today + dt.timedelta(days=1), renamed),
        ):
            content = written(told, source=name, table=table, day=day, facts="bench").encode()
            _import(work, name, content, told, on=day)
    tariff, rows = _tariff(today, "00218"), _tariff_rows("2.18")
    _import("tariffs of a canton", "tariffs", tariff, rows, on=today)
    again = _tariff(today, "00219")
    _import("tariffs of a canton, every row corrected", "tariffs", again, _tariff_rows("2.19"),
            on=today, limit=None)  # each row is kept as it was, besides  # fmt: skip
    _lookups(today)


def _rows(found: Any, table: Table | None) -> list[tuple[Any, ...]]:
    assert table is not None
    return list(found.order_by("pk").values_list(*table.columns))


def _import(
    work: str, name: str, content: bytes, rows: list[tuple[Any, ...]], *, on: dt.date,
    limit: int | None = 1,
) -> None:  # fmt: skip
    plain = _copied(name, rows)
    started = time.perf_counter()
    (outcome,) = update(name, content=content, filename="bench", on=on)
    ours = time.perf_counter() - started
    assert outcome.state == "active", outcome.refusal
    print(f"  {work}: COPY {plain * 1000:.0f} ms")
    note(f"{work}, beside 3 COPY + 1 s", len(rows), ours, 3 * plain + 1,
         "<= 1" if limit else "", limit)  # fmt: skip


def _copied(name: str, rows: list[tuple[Any, ...]]) -> float:
    """Seconds for COPY into a table of the same columns and indexes."""
    table = SOURCES[name].table
    assert table is not None
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    columns = ", ".join(table.columns)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP TABLE IF EXISTS bench_copy")
        admin.execute(f"CREATE TABLE bench_copy (LIKE {table.name} INCLUDING ALL)")
        admin.execute("ALTER TABLE bench_copy ALTER version_id DROP NOT NULL")
        started = time.perf_counter()
        with (
            admin.transaction(),
            admin.cursor() as cursor,
            cursor.copy(f"COPY bench_copy ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        taken = time.perf_counter() - started
        admin.execute("DROP TABLE bench_copy")
    return taken


def _tariff(made: dt.date, percent: str) -> bytes:
    """A canton's file with as many rows as the largest have, of 30 codes."""
    lines = [f"00XX{'':15}{made:%Y%m%d}{'':83}"]
    each = TARIFF_ROWS // 30
    lines += [
        f"0601XX{f'{letter}{children}N':<10}20260101{nth * 5000:09}{5000:09} {children:02}{0:09}{percent}   "
        for letter in "ABCDEF" for children in range(5) for nth in range(each)
    ]  # fmt: skip
    lines.append(f"99{'':15}XX{len(lines) + 1:08}{0:9}   ")
    return "\r\n".join([*lines, ""]).encode()


def _tariff_rows(percent: str) -> list[tuple[Any, ...]]:
    return [
        ("XX", "06", f"{letter}{children}N", dt.date(2026, 1, 1), f"{nth * 50}.00", "50.00", children,
         "0.00", percent)
        for letter in "ABCDEF" for children in range(5) for nth in range(TARIFF_ROWS // 30)
    ]  # fmt: skip


def _lookups(today: dt.date) -> None:
    chance = random.Random(4)  # noqa: S311 - seeded on purpose
    ibans = [_iban(iid) for iid in Bank.objects.values_list("iid", flat=True)]
    postcodes = list(Locality.objects.values_list("postcode", flat=True).distinct())
    names = [name[:4] for name in Locality.objects.values_list("name", flat=True)]
    for work, ask, of in (
        ("bank of an IBAN", queries.bank_of, ibans),
        ("localities of a postcode", lambda text: queries.localities(text, on=today), postcodes),
        ("localities by name", lambda text: queries.localities(text, on=today), names),
        (
            "communes of a postcode",
            lambda text: queries.commune_of(postcode=text, on=today),
            postcodes,
        ),
    ):
        chosen = [chance.choice(of) for _n in range(LOOKUPS)]
        slowest, most = 0.0, 0
        for value in chosen:
            with CaptureQueriesContext(connection) as asked:
                ask(value)
            most = max(most, len(asked))
            slowest = max(slowest, sum(_in_database(one["sql"]) for one in asked.captured_queries))
        assert most <= 2, (work, most)
        note(
            f"{work}, slowest of {LOOKUPS}, in the database",
            LOOKUPS,
            slowest,
            IN_DATABASE,
            "<= 2 ms",
            1,
        )


def _in_database(sql: str) -> float:
    """Seconds of planning and executing, as PostgreSQL tells; the better of two."""
    taken = []
    for _n in range(2):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            (told,) = cursor.fetchone()
        plan = (json.loads(told) if isinstance(told, str) else told)[0]
        taken.append((plan["Planning Time"] + plan["Execution Time"]) / 1000)
    return min(taken)


def _iban(iid: str) -> str:
    account = f"{iid}012345678901"
    digits = "".join(str(int(sign, 36)) for sign in f"{account}CH00")
    return f"CH{98 - int(digits) % 97:02}{account}"
