"""Posting many entries at once (Massenverbuchung): checked in Python, written by COPY."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from accounting.ledger import chain
from accounting.ledger.errors import NoOpenYear, PeriodLocked, TextMissing
from accounting.ledger.lines import Line, require_balance, require_sound_lines
from accounting.ledger.models import JournalEntry, Period
from accounting.ledger.posting import ENTRY_COLUMNS, LINE_COLUMNS, refused_by_database, rows_of
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock

#: How many rows change what the planner should know of a table.
_MANY: Final = 500


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted; what ``posting.post`` takes, as one value."""

    date: dt.date
    text: str
    lines: Sequence[Line]
    voucher: str = ""
    kind: str = JournalEntry.Kind.NORMAL
    source_key: str = ""


class Calendar:
    """The periods of a company, looked up without asking the database each time."""

    def __init__(self, company: Company, *, closing: bool = False) -> None:
        periods = (
            Period.of(company).order_by("start").values_list("start", "end", "lock", "fiscal_year")
        )
        self._periods = list(periods)
        self._starts = [period[0] for period in self._periods]
        self._closing = closing

    def year_of(self, date: dt.date) -> int:
        """The fiscal year (id) of a day in an open period; refuses as ``posting.post`` does."""
        nth = bisect_right(self._starts, date) - 1
        if nth < 0 or date > self._periods[nth][1]:
            raise NoOpenYear(date=date)
        lock = self._periods[nth][2]
        if lock == Period.Lock.LOCKED or (lock == Period.Lock.CLOSING and not self._closing):
            raise PeriodLocked(date=date)
        year: int = self._periods[nth][3]
        return year


def check(company: Company, entry: NewEntry, calendar: Calendar) -> None:
    """Refuse an entry as ``posting.post`` would, without writing."""
    if not entry.text.strip():
        raise TextMissing
    require_balance(entry.lines)
    require_sound_lines(company, entry.lines, date=entry.date)
    calendar.year_of(entry.date)


@transaction.atomic
def post_many(
    *, company: Company, entries: Sequence[NewEntry], by: User,
    source: str = JournalEntry.Source.IMPORT, closing: bool = False, checked: bool = False,
) -> list[int]:  # fmt: skip
    """Post entries in the order given, all or none; returns their ids.

    The same checks, guards, numbers, chain and totals as ``posting.post``; ``closing`` says that
    the user may post into periods open for closing only, ``checked`` that every entry passed
    ``check`` in this transaction. Raises the first refusal.
    """
    if not entries:
        return []
    calendar, moment = Calendar(company, closing=closing), clock.now()
    if not checked:
        for entry in entries:
            check(company, entry, calendar)
    ids = _new_ids(len(entries))
    digests: list[bytes] = []
    doer = by.seal_number(company)
    years = [calendar.year_of(entry.date) for entry in entries]

    def headers() -> Iterator[tuple[object, ...]]:
        for entry_id, year, entry in zip(ids, years, entries, strict=True):
            yield (
                entry_id, company.pk, year, entry.date, entry.text, entry.voucher, entry.kind,
                source, entry.source_key, None, "J", moment, by.pk,
            )  # fmt: skip

    def lines() -> Iterator[tuple[object, ...]]:
        for entry_id, year, entry in zip(ids, years, entries, strict=True):
            rows = rows_of(entry.lines)
            digests.append(chain.content_digest(
                company=company.seal_number, fiscal_year=year, date=entry.date, kind=entry.kind,
                text=entry.text, voucher=entry.voucher, source=source, source_key=entry.source_key,
                reverses=None, posted_by=doer, posted_at=moment, lines=rows, vouchers=(),
            ))  # fmt: skip
            for row in rows:
                yield (company.pk, entry_id, entry.date, *row)

    with refused_by_database(JournalEntry(date=entries[0].date)):
        _copy("accounting_journalentry", ("id", *ENTRY_COLUMNS), headers())
        _copy("accounting_entryline", ("company_id", "entry_id", "date", *LINE_COLUMNS), lines())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM accounting_seal(%s, %s, %s, %s, %s)",
                [company.pk, ids, digests, by.pk, moment],
            )
    trail.record(company=company, by=by, action="entries.post", subject=JournalEntry(),
                 details={"count": len(ids), "source": source,
                          "first_id": ids[0], "last_id": ids[-1]})  # fmt: skip
    return ids


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounting_journalentry', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    """COPY by way of a scratch table: PostgreSQL copies into no table with row-level security."""
    names, scratch = ", ".join(columns), f"new_{table}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{scratch}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {scratch} ON COMMIT DROP AS"
            f" SELECT {names} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY {scratch} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {scratch}")
        if cursor.rowcount >= _MANY:  # the planner expects nothing of a company it has not seen yet
            cursor.execute("SELECT accounting_count_again(%s)", [table])
