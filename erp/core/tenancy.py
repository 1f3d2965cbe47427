"""Client separation in the database (Mandantentrennung): row-level security and grants.

Migrations call ``protect`` for each business table; the catalogue test proves that none was
forgotten. The companies of a transaction stand in the setting ``rappen.companies``; nothing set
means no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, migrations
from django.db.migrations.operations.base import Operation

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


#: Puts (company_id, id) in the place of a table's key. Composite foreign keys that stand on it, or on a
#: constraint that says the same, are taken off first and put back, of whatever table they are. The index on
#: the id alone is for the planner: beside a policy's list of companies it takes the key for ten searches, and
#: reads all rows of a company it has no statistics of instead. These are made anew more often than usual.
_KEY_BY_COMPANY: Final = """
DO $$
DECLARE
    wanted regclass[] := ARRAY[{tables}]::regclass[];
    step text;
    off text[];
    keys text[];
    back text[];
BEGIN
    CREATE TEMPORARY TABLE standing ON COMMIT DROP AS
        SELECT c.oid, c.conrelid, c.conname, c.contype, c.conindid
        FROM pg_constraint c WHERE c.conrelid = ANY (wanted) AND (c.contype = 'p' OR c.contype = 'u' AND (
            SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
            WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) = '{{company_id,id}}'::text[]);
    SELECT coalesce(array_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)), '{{}}'),
           coalesce(array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname,
                                     pg_get_constraintdef(c.oid))), '{{}}')
        INTO off, back FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conindid IN (SELECT conindid FROM standing);
    SELECT array_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)) INTO keys FROM standing;
    SELECT keys || array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (company_id, id)',
                                    conrelid::regclass, conname))
                || array_agg(format('CREATE INDEX ON %s (id)', conrelid::regclass))
                || array_agg(format('ALTER TABLE %s SET (autovacuum_analyze_scale_factor = 0.01)',
                                    conrelid::regclass))
        INTO keys FROM standing WHERE contype = 'p';
    FOREACH step IN ARRAY off || keys || back LOOP
        EXECUTE step;
    END LOOP;
    DROP TABLE standing;
END $$
"""


def key_by_company(*tables: str) -> migrations.RunSQL:
    """Make (company_id, id) the primary key of clients' tables, which Django goes on to know by ``id``.

    A company keeps its ids when it moves to another installation, where others may have the same. What
    is looked up by ``id`` is found in the open company: row-level security adds the rest of the key.
    Constraints that say the same go; migrations say ``Unsaid`` of them.
    """
    named = ", ".join(f"'{table}'" for table in tables)
    return migrations.RunSQL([_KEY_BY_COMPANY.format(tables=named)], migrations.RunSQL.noop)


class Unsaid(Operation):
    """Django no longer knows constraints, by (model, name), which ``key_by_company`` took off.

    At once: to remove them one by one renders all models each time.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(self, constraints: Sequence[tuple[str, str]]) -> None:
        self.constraints = constraints

    def state_forwards(self, app_label: str, state: Any) -> None:
        for model, name in self.constraints:
            options = state.models[app_label, model].options
            options["constraints"] = [one for one in options["constraints"] if one.name != name]
        state.__dict__.pop("apps", None)  # rendered anew when somebody asks

    def database_forwards(self, *_told: Any) -> None:  # type: ignore[override]
        """Done already."""

    def database_backwards(self, *_told: Any) -> None:  # type: ignore[override]
        """Nothing to take back."""

    def describe(self) -> str:
        return "Forget constraints that the key says"


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
