"""Row-level security of what a fiduciary keeps for itself: its staff see it, its clients never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import migrations

from erp.core.tenancy import VISIBLE, grant_statements

MINE: Final = "(SELECT rappen_my_firms())"


def fence(
    table: str, *, of_client: bool = False, outlives: bool = False,
    grants: Sequence[str] = ("SELECT", "INSERT", "UPDATE", "DELETE"),
) -> migrations.RunSQL:  # fmt: skip
    """Fence a table of firms, in its migration: forced row-level security, and grants.

    With ``of_client`` a row is about a company: it is seen while the company is open, and written
    while the mandate runs. What ``outlives`` the mandate is seen by the firm for ever.
    """
    mine = f"firm_id IN {MINE}"
    inside = f"{mine} AND company_id = {VISIBLE}" if of_client else mine
    running = (
        f"EXISTS (SELECT FROM erp_mandate m WHERE m.firm_id = {table}.firm_id"
        f" AND m.company_id = {table}.company_id AND m.ended_at IS NULL)"
    )
    new = f"company_id = {VISIBLE} AND {running}"
    check = f"{inside} AND {running}" if of_client and not outlives else mine
    sql: list[Any] = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_of_the_firm ON {table} USING ({mine if outlives else inside})"
        f" WITH CHECK ({check})",
        *grant_statements(table, grants),
    ]
    if outlives:
        sql.append(f"CREATE POLICY {table}_while_it_runs ON {table} AS RESTRICTIVE FOR INSERT"
                   f" WITH CHECK ({new})")  # fmt: skip
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def within_firm(
    table: str, references: Iterable[tuple[str, str, str]], *, forgets: bool = False
) -> migrations.RunSQL:
    """Keep what a firm's rows name within the firm: ``FOREIGN KEY (firm_id, column)``.

    ``references`` are (column, other table, constraint name); the other table has firm and id as a
    constraint. With ``forgets`` a row whose reference is deleted goes on without one.
    """
    gone = " ON DELETE SET NULL ({key})" if forgets else ""
    sql: list[Any] = [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (firm_id, {key})"
        f" REFERENCES {other} (firm_id, id){gone.format(key=key)} DEFERRABLE INITIALLY IMMEDIATE"
        for key, other, name in references
    ]
    return migrations.RunSQL(sql, migrations.RunSQL.noop)
