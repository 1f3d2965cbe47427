"""Processor time of processes: what else runs on the machine makes a clock run on, and this one hardly."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")


def of_tree(parent: int) -> float:
    """The seconds of a process, of its children, and of those of them that have ended."""
    total = _used(parent, ended=True)
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        total += _used(int(child), ended=False)
    return total


def of_database() -> float:
    """The seconds of the database server with all its sessions."""
    return of_tree(_postmaster())


@cache
def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    told = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return int(told[1])


def _used(pid: int, *, ended: bool) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # it has ended meanwhile, and counts with its parent
        return 0.0
    return sum(int(one) for one in told[11 : 15 if ended else 13]) / _TICKS
