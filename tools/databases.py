"""Which database: the embedded one, or the server that ``DATABASE_URL`` names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from tools.environment import secret, var_folder
from tools.postgres import BACKUP, OWNER, READ_ONLY, RUNTIME, Postgres


class RolesMissing(RuntimeError):
    """The server does not let us create the roles; the message holds the SQL for its operator."""


@dataclass(frozen=True)
class Database:
    """How the owner, the runtime role and backups reach it; ``server`` is ours to stop, if embedded."""

    owner: str
    runtime: str
    server: Postgres | None = None
    backup: str = ""


def embedded() -> Database:
    """Start the embedded server and make sure of its roles and database."""
    server = Postgres(var_folder() / "postgres")
    server.start()
    server.create_roles()
    server.create_database("rappen")
    return Database(
        server.url(OWNER, "rappen"), server.url(RUNTIME, "rappen"), server,
        backup=server.url(BACKUP, "postgres"),
    )  # fmt: skip


def external(url: str) -> Database:
    """Use the operator's server. ``url`` signs in as the owner of the database.

    The runtime role is created when that login may create roles; its password is kept with the
    installation's secrets. ``DATABASE_OWNER_URL`` names the owner where ``DATABASE_URL`` is the
    runtime role already.
    """
    owner = os.environ.get("DATABASE_OWNER_URL")
    if owner:
        return Database(owner, url, backup=os.environ.get("RAPPEN_BACKUP_URL", ""))
    password = secret("runtime_password")
    _create_roles(url, password)
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    runtime = urlunsplit(parts._replace(netloc=f"{RUNTIME}:{quote(password, safe='')}@{host}"))
    return Database(url, runtime, backup=os.environ.get("RAPPEN_BACKUP_URL", ""))


def _create_roles(url: str, password: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as connection:
        known = {n for (n,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        database = connection.info.dbname
        login = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE "
                        "PASSWORD {}").format(
            sql.SQL("ALTER" if RUNTIME in known else "CREATE"),
            sql.Identifier(RUNTIME), sql.Literal(password),
        )  # fmt: skip
        try:
            connection.execute(login)
            if READ_ONLY not in known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(READ_ONLY))
                )
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(database), sql.Identifier(RUNTIME)
                )
            )
        except psycopg.errors.InsufficientPrivilege:
            raise RolesMissing(
                "The login of DATABASE_URL may not create roles. Have this run once as the "
                f"server's administrator, then start again:\n\n"
                f"  CREATE ROLE {RUNTIME} LOGIN PASSWORD '…';\n"
                f"  CREATE ROLE {READ_ONLY} NOLOGIN;\n"
                f"  GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {RUNTIME};\n\n"
                f"and set DATABASE_OWNER_URL to the present login and DATABASE_URL to {RUNTIME}."
            ) from None


def chosen() -> Database:
    """The operator's server where ``DATABASE_URL`` is set, else the embedded one."""
    url = os.environ.get("DATABASE_URL", "")
    return external(url) if url else embedded()
