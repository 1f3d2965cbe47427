"""What a source is (Quelle): where it is asked, when, within which limits, and how it is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from erp.reference.editions import Edition, Given
from erp.reference.sources.normal import is_normal, parse_normal
from erp.reference.tables import Table

MEGABYTE: Final = 1024 * 1024
CSV: Final = frozenset({"text/csv", "text/plain", "application/csv", "application/octet-stream",
                        "binary/octet-stream", "application/vnd.ms-excel"})  # fmt: skip
JSON: Final = frozenset({"application/json"})
XML: Final = frozenset({"text/xml", "application/xml"})
ZIP: Final = frozenset({"application/zip", "application/x-zip-compressed",
                        "application/octet-stream", "binary/octet-stream"})  # fmt: skip


def older_than(days: int) -> Callable[[dt.date, dt.date], bool]:
    """Old after so many days."""
    return lambda known, on: (on - known).days > days


def older_than_working_days(days: int) -> Callable[[dt.date, dt.date], bool]:
    """Old after more than so many days from Monday to Friday have gone by, today not counted."""

    def is_old(known: dt.date, on: dt.date) -> bool:
        passed = range(1, min((on - known).days, 30))
        return sum((known + dt.timedelta(days=n)).weekday() < 5 for n in passed) > days

    return is_old


def never(_known: dt.date, _on: dt.date) -> bool:
    """Comes with the program, and is as old as that."""
    return False


def nothing_to_ask(_on: dt.date, _last: dt.date | None) -> list[str]:
    return []


@dataclass(frozen=True)
class Source:
    """A source of reference data.

    ``base`` is where it is, unless the setting ``REFERENCE_BASES`` names another place; without one
    it is only uploaded or bundled. ``asks`` tells the paths to ask, given the day and that of the
    newest edition. ``member`` finds the file within a ZIP. Of ``least_rows`` to ``most_rows`` rows
    at most ``drop_percent`` may go at once. ``is_old`` compares the day of the last success, or of
    the edition where nobody is asked, with today.
    """

    name: str
    title: Any
    table: Table | None
    reads: Callable[[bytes, Given], Edition]
    is_old: Callable[[dt.date, dt.date], bool]
    least_rows: int
    most_rows: int
    drop_percent: int = 5
    base: str = ""
    asks: Callable[[dt.date, dt.date | None], list[str]] = nothing_to_ask
    content_types: frozenset[str] = CSV
    member: re.Pattern[str] | None = None
    deadline: dt.timedelta = dt.timedelta(seconds=30)
    most_bytes: int = 5 * MEGABYTE
    most_unpacked: int = 20 * MEGABYTE
    covers: dict[str, Any] = field(default_factory=dict)
    rebuilt: Callable[[Edition], Edition] = lambda edition: edition
    requires: Callable[[Edition], None] = lambda _edition: None

    def parse(self, content: bytes, given: Given) -> Edition:
        """Read a file of the publisher, or one in our own form. Raises ``DomainError``."""
        if self.table is not None and is_normal(content):
            return self.rebuilt(
                parse_normal(content, source=self.name, table=self.table, within=self.covers)
            )
        return self.reads(content, given)

    @property
    def comes_in_parts(self) -> bool:
        """Whether editions stand side by side (days, months, a canton's year)."""
        return self.table is not None and (not self.table.closes or "canton" in self.table.key)
