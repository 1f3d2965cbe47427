"""Figures beside their yardsticks."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass
class Result:
    """A work's figure beside its yardstick, and whether the target is reached."""

    work: str
    lines: int
    ours: float
    plain: float
    ratio: float
    target: str
    reached: bool | None


RESULTS: list[Result] = []


def note(work: str, lines: int, ours: float, plain: float, target: str, limit: float | None,
         *, at_least: bool = False) -> None:  # fmt: skip
    ratio = plain / ours if at_least else ours / plain
    reached = None if limit is None else (ratio >= limit if at_least else ratio <= limit)
    RESULTS.append(Result(work, lines, ours, plain, ratio, target, reached))
    shown = f"{ratio:6.0%}" if at_least else f"{ratio:6.2f}"
    print(f"{work:<44}{lines:>10,}  {ours * 1000:>10.2f} ms {plain * 1000:>10.2f} ms {shown}  "
          f"{target:<10} {'' if reached is None else 'reached' if reached else 'MISSED'}", flush=True)  # fmt: skip


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
