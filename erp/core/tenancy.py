"""Client separation in the database (Mandantentrennung): row-level security and grants.

Migrations call ``protect`` for each business table; the catalogue test proves that none was
forgotten. The companies of a transaction stand in the setting ``rappen.companies``; nothing set
means no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, migrations

RUNTIME_ROLE: Final = "rappen_app"
READ_ONLY_ROLE: Final = "rappen_readonly"

#: The companies opened in this transaction, computed once per statement.
VISIBLE: Final = (
    "ANY ((SELECT nullif(current_setting('rappen.companies', true), '')::bigint[])::bigint[])"
)


def protect(
    table: str,
    *,
    column: str = "company_id",
    grants: Sequence[str] = ("SELECT", "INSERT", "UPDATE", "DELETE"),
    references: Iterable[tuple[str, str, str]] = (),
    also_visible: str = "",
) -> migrations.RunSQL:
    """Fence a business table: forced row-level security, grants, and borders between clients.

    ``references`` are foreign keys that must stay within one client, as (column, other table,
    constraint name): each becomes ``FOREIGN KEY (company_id, column)``, because plain foreign
    keys ignore row-level security. ``also_visible`` adds an SQL condition for reading.
    """
    policy = f"{table}_of_the_client"
    seen = f"{column} = {VISIBLE}"
    using = f"({seen}) OR ({also_visible})" if also_visible else seen
    sql: list[Any] = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {policy} ON {table} USING ({using}) WITH CHECK ({seen})",
        *grant_statements(table, grants),
    ]
    sql += [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {key})"
        f" REFERENCES {other} (company_id, id) DEFERRABLE INITIALLY IMMEDIATE"
        for key, other, name in references
    ]
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def share(table: str, *, grants: Sequence[str] = ("SELECT",)) -> migrations.RunSQL:
    """Open a table without client rows (rates, sessions) to the runtime role."""
    sql: list[Any] = [*grant_statements(table, grants)]
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def grant_statements(table: str, grants: Sequence[str]) -> list[str]:
    return [
        f"GRANT {', '.join(grants)} ON {table} TO {RUNTIME_ROLE}",
        f"GRANT SELECT ON {table} TO {READ_ONLY_ROLE}",
    ]


def open_companies(companies: Iterable[int], *, read_only: bool = False) -> None:
    """Say whose rows this transaction may see and write; forgotten at its end.

    ``read_only`` lets it write nothing at all from here on (AUZ-10). Only ``erp.access`` calls this,
    after it has checked the user's right.
    """
    opened = {"rappen.companies": "{" + ",".join(str(int(c)) for c in companies) + "}"}
    set_all_local(opened | ({"transaction_read_only": "on"} if read_only else {}))


def set_local(name: str, value: str) -> None:
    """Set a database setting until the end of the transaction (DB-5)."""
    set_all_local({name: value})


def set_all_local(values: Mapping[str, str]) -> None:
    """As ``set_local``, of several settings in one statement."""
    require_transaction(", ".join(values))
    parts = ", ".join("set_config(%s, %s, true)" for _one in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", [text for pair in values.items() for text in pair])


def require_transaction(name: str) -> None:
    """Raise ``RuntimeError`` where a setting would be forgotten at once."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{name} is set outside a transaction")
