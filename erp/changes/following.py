"""Letting a table be followed (Tabelle nachverfolgen), in its migration."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import migrations

#: Rows that a statement wrote, for each kind of it, as the triggers below name them.
_WRITTEN: Final = {"INSERT": "NEW TABLE AS is_now", "DELETE": "OLD TABLE AS was",
                   "UPDATE": "OLD TABLE AS was NEW TABLE AS is_now"}  # fmt: skip


def follow(
    table: str, resource: str, *, of: str = "id", touches: str = "",
    kinds: Collection[str] = tuple(_WRITTEN),
) -> migrations.RunSQL:  # fmt: skip
    """Note each change of a table's rows as a change of ``resource``.

    ``of`` is the column that names the record: ``id`` for the table of the records themselves,
    whose deletion leaves a tombstone; the column of the parent for a table of parts. Where no
    column does, ``touches`` is a SELECT of company and record from ``{rows}``, what was written; an
    UPDATE gives each row twice, as it was and as it is now. ``kinds`` are the statements that count.

    Statement triggers with transition tables: one statement notes all of its rows at once, COPY
    too. Never follow what is written by the hundred thousand, such as lines of entries.
    """
    records = touches or f"SELECT t.company_id, t.{of} FROM {{rows}} t"  # noqa: S608 - our own names
    own = "own" if of == "id" and not touches else "part"
    called = f"follow_{resource}_{'own' if own == 'own' else 'touched' if touches else of}"
    sql: list[Any] = [
        f"CREATE TRIGGER {called}_{kind.lower()} AFTER {kind} ON {table} REFERENCING {written}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION erp_follow('{resource}', '{own}', $of${records}$of$)"
        for kind, written in _WRITTEN.items()
        if kind in kinds
    ]
    back: list[Any] = [
        f"DROP TRIGGER IF EXISTS {called}_{kind.lower()} ON {table}" for kind in kinds
    ]
    return migrations.RunSQL(sql, back)
