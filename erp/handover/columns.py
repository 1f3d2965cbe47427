"""How rows are written in a file, as the database's catalogue has their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection

from erp.core.sealed import SealedField
from erp.handover.tables import CHANGED, IMPLIED

_COLUMNS: Final = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
           EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.oid
                   AND k.conkey = ARRAY[a.attnum] AND k.confrelid = 'erp_user'::regclass)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s) AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attname <> 'id', a.attname COLLATE "C"
"""
#: Types as a file has them; what is not named here is JSON by itself.
_WRITTEN: Final = {
    "numeric": "t.{name}::text",
    "bytea": "encode(t.{name}, 'hex')",
    "jsonb": "t.{name}::text",
    "timestamp with time zone": "to_char(t.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
}
_READ: Final = {
    "bytea": "decode(s.line ->> '{plain}', 'hex')",
    "jsonb": "(s.line ->> '{plain}')::jsonb",
}
_PLAIN: Final = {"bigint", "integer", "smallint", "boolean", "date", "text", "uuid"}


#: People of a file beside their numbers here: a table of the transaction that takes it in.
PEOPLE: Final = "pg_temp.handover_people"


class UnknownType(Exception):
    """A column of a type that no file can hold yet: the program's fault, and no user's."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as a file has it; ``sealed`` is the field that seals it."""

    table: str
    name: str
    type: str
    names_user: bool = False
    sealed: SealedField | None = None

    @property
    def base_type(self) -> str:
        """The type without its length."""
        return self.type.partition("(")[0]

    def written(self, *, by_former: bool) -> str:
        """The SQL that writes it, of the row ``t``.

        ``by_former`` names people by the numbers that the file has, which ``PEOPLE`` knows.
        """
        changed = CHANGED.get((self.table, self.name))
        if changed is not None:
            return changed[0]
        if self.names_user and by_former:
            return f"(SELECT m.former FROM {PEOPLE} m WHERE m.own = t.{quoted(self.name)})"  # noqa: S608
        form = _WRITTEN.get(self.base_type, "t.{name}")
        return form.format(name=quoted(self.name))

    @property
    def read(self) -> str:
        """The SQL that reads it, of the row ``p`` and the line ``s`` it came from."""
        if self.names_user:
            return f"(SELECT m.own FROM {PEOPLE} m WHERE m.former = p.{quoted(self.name)})"  # noqa: S608
        form = _READ.get(self.base_type, "p.{name}")
        return form.format(name=quoted(self.name), plain=self.name.replace("'", "''"))

    def told(self) -> dict[str, Any]:
        """As a manifest names it."""
        found: dict[str, Any] = {"name": self.name, "type": self.type}
        if self.sealed is not None:
            found["sealed"] = "bytes" if self.sealed.kind is bytes else "json"
        if self.names_user:
            found["person"] = True
        return found


def quoted(name: str) -> str:
    """A name of the catalogue as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def columns_of(tables: tuple[str, ...]) -> dict[str, list[Column]]:
    """The columns that a file has of each table, ``id`` first. One query."""
    sealed = _sealed()
    found: dict[str, list[Column]] = {table: [] for table in tables}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [list(tables)])
        for table, name, kind, generated, names_user in cursor.fetchall():
            if generated or name in IMPLIED:
                continue
            column = Column(table, name, kind, names_user, sealed.get((table, name)))
            _require_known(column)
            found[table].append(column)
    return found


def has_seals(columns: list[Column]) -> bool:
    """Whether rows hold what only the program can read."""
    return any(column.sealed for column in columns)


def _require_known(column: Column) -> None:
    base = column.base_type.removesuffix("[]")
    if base not in {*_WRITTEN, *_PLAIN, "character varying"}:
        raise UnknownType(f"{column.table}.{column.name}: {column.type}")


def _sealed() -> dict[tuple[str, str], SealedField]:
    return {
        (model._meta.db_table, str(field.column)): field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedField)
    }
