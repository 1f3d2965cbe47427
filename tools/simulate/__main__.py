"""``make simulate``: many companies on one machine, beside few in the same run.

Founds ``--beside`` companies (10) and measures, then goes on to ``--companies`` (1000) and measures the same
again: pages and endpoints under ``--clients`` (8) people at once for ``--seconds`` (20) seconds in
``--rounds`` (3), what is done by itself, sizes and memory. Only the ratios of both mean anything; a fixed
piece of work, timed along, tells how busy the machine was meanwhile. ``--format json`` is for programs.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import logging
import os
import random
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Any

import django

#: Both for this process and for the server, which is no test.
os.environ |= {
    "RAPPEN_SECRET_KEY": secrets.token_hex(32),
    "RAPPEN_FIELD_KEYS": "bench:" + base64.b64encode(os.urandom(32)).decode(),
}
django.setup()

import psycopg  # noqa: E402 - settings come first

from erp.access.firms.models import Firm  # noqa: E402
from erp.access.models import User  # noqa: E402
from tools.bench.books import Book  # noqa: E402
from tools.simulate import asking, founding, nights  # noqa: E402
from tools.simulate.processors import of_database, of_tree  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    told = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("companies", 1000), ("beside", 10), ("lines", 500), ("clients", 8),
                        ("seconds", 20), ("rounds", 3), ("mandates", 100)):  # fmt: skip
        told.add_argument(f"--{name}", type=int, default=usual)
    told.add_argument("--format", choices=("text", "json"), default="text")
    chosen = told.parse_args(arguments)
    logging.disable(logging.ERROR)  # random entries stand on control accounts, too, and jobs say so
    book, firm, lead = founding.first(chosen.lines)
    measured = []
    for count in (chosen.beside, chosen.companies):
        started = time.perf_counter()
        numbers = founding.copies(book, count, mandates=chosen.mandates)
        print(
            f"{len(numbers)} companies after {time.perf_counter() - started:.1f} s",
            file=sys.stderr,
            flush=True,
        )
        measured.append(_measured(chosen, book, firm, lead, numbers))
    few, many = measured
    if chosen.format == "json":
        print(json.dumps({"few": few, "many": many}, indent=1))
    else:
        print(_table(few, many))
    return 0


def _measured(
    chosen: argparse.Namespace, book: Book, firm: Firm, lead: User, numbers: list[int]
) -> dict[str, Any]:
    chance = random.Random(len(numbers))  # noqa: S311 - seeded on purpose
    places = chance.sample(numbers, min(chosen.clients, len(numbers)))
    people = [
        asking.person(founding.clerk(nth, place), place)
        for nth, place in enumerate((places * chosen.clients)[: chosen.clients])
    ]
    owner, pace = User.objects.get(email="bench@example.ch"), []
    sessions = [asking.session_of(one) for one in (lead, owner)]
    taken = asking.Taken()
    with asking.server() as (port, process):
        asking.load(port, people, firm.pk, *sessions, seconds=5, seed=0)
        used = of_tree(process) + of_database()
        for nth in range(chosen.rounds):
            pace.append(_pace())
            part = asking.load(
                port, people, firm.pk, *sessions, seconds=chosen.seconds, seed=nth + 1
            )
            for kind, times in part.times.items():
                taken.times[kind] += times
            for kind, count in part.failed.items():
                taken.failed[kind] += count
            taken.seconds += part.seconds
        used = of_tree(process) + of_database() - used
        held = asking.memory(process)
    pace.append(_pace())
    return {
        "companies": len(numbers), "per_second": taken.per_second,
        "processor_ms": used / sum(map(len, taken.times.values())) * 1000, "answers": taken.rows(),
        "failed": dict(taken.failed), "pace_ms": sum(pace) / len(pace) * 1000, "memory_mb": held,
        "by_day": nights.timed(nights.BY_DAY), "by_night": nights.timed(nights.BY_NIGHT), **_sizes(),
    }  # fmt: skip


def _pace() -> float:
    """The seconds of a fixed piece of work: how busy the machine is."""
    started = time.perf_counter()
    digest = b""
    for _ in range(200_000):
        digest = hashlib.sha256(digest).digest()
    return time.perf_counter() - started


def _sizes() -> dict[str, Any]:
    """Bytes of tables and of indexes, and the ten largest tables with both."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url) as admin:
        rows = admin.execute(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC"
        ).fetchall()
    return {"tables": sum(row[1] for row in rows), "indexes": sum(row[2] for row in rows),
            "largest": [list(row) for row in rows[:10]]}  # fmt: skip


def _table(few: dict[str, Any], many: dict[str, Any]) -> str:
    n, m = few["companies"], many["companies"]
    busier = many["pace_ms"] / few["pace_ms"]
    lines = ["milliseconds of answers: p50, p95, p99; ratio of p50",
             f"{'':<28}{f'{n} companies':>27}   {f'{m} companies':>26}"]  # fmt: skip
    for kind, row in many["answers"].items():
        before = few["answers"].get(kind)
        if before is None:
            continue
        lines.append(f"{kind:<28}" + "".join(f"{before[p]:>9.1f}" for p in ("p50", "p95", "p99")) + "  "
                     + "".join(f"{row[p]:>9.1f}" for p in ("p50", "p95", "p99"))
                     + f"   {row['p50'] / before['p50'] / busier:.2f}")  # fmt: skip
    lines.append(f"answers a second: {few['per_second']:.1f} and {many['per_second']:.1f}"
                 f" ({many['per_second'] / few['per_second'] * busier:.2f} as busy);"
                 f" failed: {few['failed']} {many['failed']}; the machine was {busier:.2f} times as busy")  # fmt: skip
    lines.append(f"memory of the server: {few['memory_mb']:.0f} and {many['memory_mb']:.0f} MB")
    lines.append(
        f"processor time of an answer: {few['processor_ms']:.0f} and {many['processor_ms']:.0f} ms"
    )
    for title, name in (("all day", "by_day"), ("by night", "by_night")):
        lines.append(f"{title + ', processor seconds':<28}{n:>9}{m:>9}   per company: ms, ratio")
        for work, told in many[name].items():
            before, after = few[name][work]["processor"] / n, told["processor"] / m
            ratio = f"{after / before:.2f}" if before else ""
            lines.append(
                f"{work:<28}{before * n:>9.2f}{after * m:>9.2f}   {after * 1000:.1f}, {ratio}"
            )
    for one in (few, many):
        count = one["companies"]
        lines.append(f"{count} companies: {one['tables'] / count / 1e6:.2f} MB of tables and"
                     f" {one['indexes'] / count / 1e6:.2f} MB of indexes each")  # fmt: skip
    lines += [f"  {name}: {table / 1e6:.1f} MB, indexes {index / 1e6:.1f} MB"
              for name, table, index in many["largest"]]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
