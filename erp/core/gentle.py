"""Changes of the schema beside work that goes on (Umbau im Betrieb).

A change that waits for a lock makes everybody behind it wait, too. So none waits long: it gives up, lets the
others pass, and tries again. What builds for long builds beside them: ``index_concurrently``, and constraints
that are added as not valid first and proven later.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import migrations
from django.db.utils import OperationalError

#: How long a change may hold up others while it waits, how long it lets them pass, and how long it tries.
WAITS_MS: Final = 400
PASSES_MS: Final = 300
TRIES_FOR: Final = 15 * 60  # seconds
_LOCK_NOT_AVAILABLE: Final = "55P03"

Result = TypeVar("Result")


def patiently(
    connection: Any, act: Callable[[], Result], *, say: Callable[[str], object] = print
) -> Result:
    """Do ``act``, which changes the schema by ``connection``, as often as it takes until nobody is in its way.

    ``act`` is undone when it fails, or goes on where it was. Raises ``OperationalError`` when it had no luck
    for a quarter of an hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {WAITS_MS}")
    until = time.monotonic() + TRIES_FOR
    try:
        while True:
            try:
                return act()
            except OperationalError as error:
                if (
                    getattr(error.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE
                    or time.monotonic() > until
                ):
                    raise
                say("somebody is at work on the table; trying again")
                time.sleep(PASSES_MS / 1000)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def index_concurrently(name: str, on: str) -> migrations.RunSQL:
    """Build an index beside those who write, as ``accounting_entryline (company_id, date)``.

    Only in a migration with ``atomic = False`` that does nothing else; one that was interrupted begins anew.
    """
    return migrations.RunSQL(
        ["SET lock_timeout = 0",
         f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {on}",
         f"SET lock_timeout = {WAITS_MS}"],
        [f"DROP INDEX CONCURRENTLY IF EXISTS {name}"],
    )  # fmt: skip


def constraint_unproven(table: str, name: str, condition: str) -> migrations.RunSQL:
    """Add a constraint that new rows keep from now on; ``prove_constraint`` looks at the others later."""
    return migrations.RunSQL(
        [f"ALTER TABLE {table} ADD CONSTRAINT {name} {condition} NOT VALID"],
        [f"ALTER TABLE {table} DROP CONSTRAINT {name}"],
    )


def prove_constraint(table: str, name: str) -> migrations.RunSQL:
    """Look at the rows that were there before, in a later migration; nobody waits for it."""
    return migrations.RunSQL(
        [f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"], migrations.RunSQL.noop
    )
