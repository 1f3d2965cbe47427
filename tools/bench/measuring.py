"""Figures beside their yardsticks."""

from __future__ import annotations

import csv
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Result:
    """A figure beside its yardstick, and whether the target is met; None: there is none.

    ``ours`` and ``plain`` are in ``unit``. ``reason`` is why a target is known to be missed.
    """

    area: str
    work: str
    subject: str
    size: int
    ours: float
    plain: float
    unit: str
    ratio: float
    target: str
    met: bool | None
    reason: str


RESULTS: list[Result] = []
#: The work that runs, and its area.
_now: dict[str, str] = {"area": "", "work": ""}


@cache
def known() -> dict[str, str]:
    """Why some targets are missed (``known_misses.csv``), by subject."""
    with Path(__file__).with_name("known_misses.csv").open(encoding="utf-8", newline="") as file:
        return {row["subject"]: row["reason"] for row in csv.DictReader(file)}


def under_way() -> str:
    """The work that runs; “books” before the first one."""
    return _now["work"] or "books"


@contextmanager
def working(area: str, work: str) -> Iterator[None]:
    """What is noted within is of this work."""
    before = dict(_now)
    _now.update(area=area, work=work)
    try:
        yield
    finally:
        _now.update(before)


def note(subject: str, size: int, ours: float, plain: float, target: str, limit: float | None,
         *, at_least: bool = False, unit: str = "ms") -> None:  # fmt: skip
    """Keep a figure for the table. ``ours`` and ``plain`` are in thousands of ``unit``: seconds, gigabytes."""
    ratio = plain / ours if at_least else ours / plain
    met = None if limit is None else (ratio >= limit if at_least else ratio <= limit)
    done = Result(
        _now["area"], _now["work"], subject, size, ours * 1000, plain * 1000, unit, ratio, target,
        met, known().get(subject, "") if met is False else "",
    )  # fmt: skip
    RESULTS.append(done)
    print(f"  {subject}: {ratio:.2f} {target}", flush=True)


def interleaved(rounds: int, *works: Callable[[], Any]) -> list[float]:
    """The median seconds of each work, taken in turns so that all meet the same machine."""
    taken: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    gc.collect()
    for _ in range(rounds):
        for nth, work in enumerate(works):
            started = time.perf_counter()
            work()
            taken[nth].append(time.perf_counter() - started)
    return [statistics.median(times) for times in taken]


def least_cpu(rounds: int, *works: Callable[[], Any]) -> list[float]:
    """The least seconds of processor time of each work, with those that PostgreSQL takes for it.

    Taken in turns. What else runs on the machine makes a clock run on, and this one hardly.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    told = Path(f"/proc/{backend}/schedstat")  # on the processor, in nanoseconds

    def now() -> float:
        return time.process_time() + int(told.read_text().split()[0]) / 1e9

    least = [float("inf") for _ in works]
    for nth in range(rounds + 1):
        for place, work in enumerate(works):
            gc.collect()
            started = now()
            work()
            if nth:  # the first round warms up
                least[place] = min(least[place], now() - started)
    return least
