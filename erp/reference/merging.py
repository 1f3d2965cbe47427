"""Bringing the rows of an edition into their table: COPY into a scratch table, then sets (SQL).

Table and column names come from ``tables`` alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from erp.reference.editions import Edition
from erp.reference.models import ReferenceVersion
from erp.reference.tables import Table

EXAMPLES: Final = 10
_SCRATCH: Final = "reference_incoming"


@dataclass(frozen=True)
class Difference:
    """What an edition changes, compared with the rows in force of the same part."""

    before: int
    after: int
    added: int
    changed: int
    closed: int
    reopened: int
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_none(self) -> bool:
        return not (self.added or self.changed or self.closed or self.reopened)

    def told(self) -> dict[str, Any]:
        return {
            "before": self.before, "rows": self.after, "added": self.added,
            "changed": self.changed, "closed": self.closed, "reopened": self.reopened,
            "examples": self.examples,
        }  # fmt: skip


def take_up(table: Table, edition: Edition) -> None:
    """Copy an edition's rows into the scratch table of this transaction."""
    columns = ", ".join(table.columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:  # copy knows no other way
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_SCRATCH}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_SCRATCH} ON COMMIT DROP AS"
            f" SELECT {columns} FROM {table.name} WITH NO DATA"
        )
        with cursor.copy(f"COPY {_SCRATCH} ({columns}) FROM STDIN") as copy:
            write = copy.write_row
            for row in edition.rows:
                write(row)
        cursor.execute(f"ANALYZE {_SCRATCH}")


def difference(table: Table, edition: Edition) -> Difference:
    """Compare what was taken up with what is in force, in two queries."""
    part, values = _part(edition)
    gone = "NOT EXISTS (SELECT FROM incoming i WHERE " + _same(table) + ")"
    is_open = _is_open(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH incoming AS (SELECT * FROM {_SCRATCH}),"
            f" force AS (SELECT t.* FROM {table.name} t WHERE {is_open} AND {part})"
            f" SELECT (SELECT count(*) FROM force), (SELECT count(*) FROM incoming),"
            f" count(*) FILTER (WHERE t.id IS NULL),"
            f" count(*) FILTER (WHERE t.id IS NOT NULL AND {is_open} AND {_differs(table)}),"
            f" count(*) FILTER (WHERE t.id IS NOT NULL AND NOT ({is_open})),"
            + (f" (SELECT count(*) FROM force t WHERE {gone})" if table.closes else " 0")
            + f" FROM incoming i LEFT JOIN {table.name} t ON {_same(table)}",
            values,
        )
        before, after, added, changed, reopened, closed = cursor.fetchone()
    found = Difference(before, after, added, changed, closed, reopened)
    if found.is_none:
        return found
    return Difference(before, after, added, changed, closed, reopened, _examples(table, found))


def _examples(table: Table, found: Difference) -> dict[str, list[dict[str, Any]]]:
    """The first added rows; what changed is read back from the changes that are written."""
    if not found.added or found.added == found.after:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_object(table.key, 'i')}, {_object(table.values, 'i')}"
            f" FROM {_SCRATCH} i LEFT JOIN {table.name} t ON {_same(table)}"
            f" WHERE t.id IS NULL ORDER BY {_list(table.key, 'i')} LIMIT {EXAMPLES}"
        )
        return {"added": [{"key": _read(key), "after": _read(after)}
                          for key, after in cursor.fetchall()]}  # fmt: skip


def merge(
    table: Table, edition: Edition, version: ReferenceVersion, found: Difference, *, first: bool
) -> None:
    """Write what was taken up: changes on record, rows changed, closed, brought back, added.

    ``found`` is the difference in this transaction. ``first``: nothing of this part was known, so
    nobody knows since when its rows are valid.
    """
    if found.changed or found.reopened:
        _change(table, version)
    if found.closed:
        _close(table, edition, version)
    if found.added:
        _add(table, version, None if first else edition.edition_date)


def _change(table: Table, version: ReferenceVersion) -> None:
    is_open = _is_open(table)
    key, before, after = (
        _object(table.key, "t"), _object(table.values, "t"), _object(table.values, "i"),
    )  # fmt: skip
    reopen = ", valid_to = NULL" if table.closes else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO erp_referencechange (version_id, kind, key, before, after)"
            f" SELECT %s, CASE WHEN {is_open} THEN 'changed' ELSE 'reopened' END,"
            f" {key}, {before}, {after} FROM {_SCRATCH} i JOIN {table.name} t ON {_same(table)}"
            f" WHERE NOT ({is_open}) OR {_differs(table)} ORDER BY {_list(table.key, 't')}",
            [version.pk],
        )
        cursor.execute(
            f"UPDATE {table.name} t SET ({', '.join(table.values)}, version_id)"
            f" = ROW({_list(table.values, 'i')}, %s){reopen} FROM {_SCRATCH} i"
            f" WHERE {_same(table)} AND (NOT ({is_open}) OR {_differs(table)})",
            [version.pk],
        )


def _close(table: Table, edition: Edition, version: ReferenceVersion) -> None:
    part, values = _part(edition)
    gone = (
        f"{_is_open(table)} AND {part}"
        f" AND NOT EXISTS (SELECT FROM {_SCRATCH} i WHERE {_same(table)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO erp_referencechange (version_id, kind, key, before)"
            f" SELECT %s, 'closed', {_object(table.key, 't')}, {_object(table.values, 't')}"
            f" FROM {table.name} t WHERE {gone} ORDER BY {_list(table.key, 't')}",
            [version.pk, *values],
        )
        cursor.execute(
            f"UPDATE {table.name} t SET valid_to = %s, version_id = %s WHERE {gone}",
            [edition.edition_date - dt.timedelta(days=1), version.pk, *values],
        )


def _add(table: Table, version: ReferenceVersion, since: dt.date | None) -> None:
    dated = table.dated_by_edition
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table.name} ({', '.join(table.columns)}, version_id"
            f"{', valid_from' if dated else ''})"
            f" SELECT {_list(table.columns, 'i')}, %s{', %s::date' if dated else ''}"
            f" FROM {_SCRATCH} i LEFT JOIN {table.name} t ON {_same(table)} WHERE t.id IS NULL",
            [version.pk, *([since] if dated else [])],
        )


def _part(edition: Edition) -> tuple[str, list[Any]]:
    """The condition for the rows that an edition speaks of, and its values."""
    conditions = ["true"]
    values: list[Any] = []
    within: Mapping[str, Sequence[Any]] = edition.within
    for column, wanted in within.items():
        if isinstance(wanted, tuple):
            conditions.append(f"t.{column} BETWEEN %s AND %s")
            values += wanted
        else:
            conditions.append(f"t.{column} = ANY(%s)")
            values.append(list(wanted))
    return " AND ".join(conditions), values


def _is_open(table: Table) -> str:
    return "t.valid_to IS NULL" if table.closes else "true"


def _same(table: Table) -> str:
    return " AND ".join(f"t.{column} = i.{column}" for column in table.key)


def _differs(table: Table) -> str:
    return f"({_list(table.values, 't')}) IS DISTINCT FROM ({_list(table.values, 'i')})"


def _list(columns: Sequence[str], of: str) -> str:
    return ", ".join(f"{of}.{column}" for column in columns)


def _object(columns: Sequence[str], of: str) -> str:
    pairs = ", ".join(f"'{column}', {of}.{column}" for column in columns)
    return f"jsonb_build_object({pairs})"


def _read(told: Any) -> Any:
    return json.loads(told) if isinstance(told, str) else told
