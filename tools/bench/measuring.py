"""Figures beside their yardsticks."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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
