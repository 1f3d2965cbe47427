"""The rows of a table as lines of a file (JSON Lines), in flat memory, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from erp.core import vault
from erp.handover.columns import Column, has_seals, quoted
from erp.handover.passphrases import Lock

_BATCH: Final = 2_000
_BATCH_SEALED: Final = 20  # papers are as large as uploads


@dataclass(frozen=True, slots=True)
class Tally:
    """What tells whether two writings of a table are the same."""

    rows: int
    size: int
    digest: str


def lines_of(
    company: int, table: str, columns: Sequence[Column], lock: Lock | None, *, by_former: bool
) -> Iterator[bytes]:
    """The rows of an open company's table as lines, by ``id``; the same rows give the same bytes.

    ``by_former`` names people by the numbers of the file a company came in. Raises
    ``vault.CannotOpen`` where a sealed value does not open.
    """
    sealed = [column for column in columns if column.sealed]
    chosen = [f"{one.written(by_former=by_former)} AS {quoted(one.name)}" for one in columns]
    seal = ", t.seal_id::text" if sealed else ""
    statement = (
        "SELECT row_to_json(r)::text, s.* FROM (SELECT t.* FROM "  # noqa: S608 - the catalogue's names
        f"{quoted(table)} t WHERE t.company_id = %s ORDER BY t.id) t,"
        f" LATERAL (SELECT {', '.join(chosen)}) r, LATERAL (SELECT t.id{seal}) s ORDER BY t.id"
    )
    connection.ensure_connection()
    with connection.connection.cursor(name="rappen_handover") as cursor:
        cursor.itersize = _BATCH_SEALED if sealed else _BATCH
        cursor.execute(statement, [company])
        for line, pk, *seal_id in cursor:
            if sealed:
                assert lock is not None
                line = _opened(line, company, pk, seal_id[0], sealed, lock)
            yield line.encode() + b"\n"


def _opened(
    line: str, company: int, pk: int, seal_id: str, columns: Sequence[Column], lock: Lock
) -> str:
    """A line whose sealed columns are sealed under the file's key."""
    row = json.loads(line)
    for column in columns:
        if row[column.name] is not None and column.sealed is not None:
            plain = vault.unseal_bytes(
                row[column.name], place=column.sealed.place_of(company, seal_id)
            )
            row[column.name] = lock.seal(plain, place_in_file(column, pk))
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def place_in_file(column: Column, pk: Any) -> str:
    """What a sealed value of a file is bound to."""
    return f"{column.table}.{column.name}:{pk}"


class Tallying:
    """Lines that are counted and digested one by one."""

    def __init__(self) -> None:
        self.rows, self.size, self._digest = 0, 0, hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.size += len(line)
        self._digest.update(line)

    @property
    def tally(self) -> Tally:
        return Tally(self.rows, self.size, self._digest.hexdigest())


def tallied(lines: Iterator[bytes]) -> Tally:
    """Lines counted and digested."""
    tallying = Tallying()
    for line in lines:
        tallying.add(line)
    return tallying.tally


def needs_lock(company: int, columns: dict[str, list[Column]]) -> bool:
    """Whether an open company has rows that only the program can read."""
    for table, some in columns.items():
        if has_seals(some):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT EXISTS (SELECT FROM {quoted(table)} WHERE company_id = %s)",  # noqa: S608
                    [company],
                )
                if cursor.fetchone()[0]:
                    return True
    return False
