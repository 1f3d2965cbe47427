"""Changing many rows at once (Sammeländerung): one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import connection, models
from django.db.models.expressions import RawSQL

AT_ONCE: Final = 5_000  # rows of a statement


def update_rows(model: type[models.Model], rows: Sequence[Any], names: Sequence[str]) -> None:
    """Write some fields of rows that are there, each with its own values.

    What ``bulk_update`` does by a ``CASE`` per row and field, which grows with the square of them.
    """
    fields = [model._meta.get_field(name) for name in names]
    assert all(isinstance(one, models.Field) for one in fields)
    columns = [f'"{one.column}"' for one in fields]  # type: ignore[union-attr]
    sets = ", ".join(
        f"{column} = s.v{nth}::{field.db_type(connection)}"  # type: ignore[union-attr]
        for nth, (column, field) in enumerate(zip(columns, fields, strict=True))
    )
    of = ", ".join(["id", *(f"v{nth}" for nth in range(len(fields)))])
    arrays = ", ".join(["%s::bigint[]", *(["%s::text[]"] * len(fields))])
    statement = (
        f'UPDATE "{model._meta.db_table}" t SET {sets}'  # noqa: S608 - names of our own models
        f" FROM unnest({arrays}) AS s({of}) WHERE t.id = s.id"
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            values = [[_text(one, _kept(one, row)) for row in part] for one in fields]  # type: ignore[union-attr]
            cursor.execute(statement, [[row.pk for row in part], *values])


def among(ids: Collection[int]) -> RawSQL:
    """Many ids for a look-up, as in ``filter(employee__in=among(ids))``: one parameter, not one for each."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def forget_plans() -> None:
    """Let the database plan its checks of foreign keys anew, after a table has grown by thousands.

    A connection keeps these plans. One that was made when a table was nearly empty reads all of it
    for each row that refers to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _kept(field: Any, row: Any) -> Any:
    """A row's value as the database is to hold it: sealed columns say it themselves."""
    at_rest = getattr(field, "at_rest", None)
    return at_rest(row) if at_rest else getattr(row, field.attname)


def _text(field: Any, value: Any) -> str | None:
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    return None if value is None else str(value)
