"""The server that is backed up, reached by a role that may replicate it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tools.backups.folder import BackupFailed
from tools.postgres import binaries, in_english

SLOT: Final = "rappen_backup"
#: What libpq calls the parts of an address; a password never stands in a list of processes.
_PARTS: Final = {"host": "PGHOST", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
                 "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where the server is: ``postgres://rappen_backup:password@host/postgres``."""

    url: str

    @classmethod
    def told(cls) -> Source:
        """The server that ``RAPPEN_BACKUP_URL`` names. Raises ``BackupFailed``."""
        url = os.environ.get("RAPPEN_BACKUP_URL", "")
        if not url:
            raise BackupFailed(
                "RAPPEN_BACKUP_URL is not set. Beside the embedded server, run this by "
                "`python -m tools.run shell`; of another one name a role that may replicate: "
                "postgres://rappen_backup:password@host/postgres"
            )
        return cls(url)

    def ask(self, statement: str, *, replication: bool = False) -> list[tuple[Any, ...]]:
        """Rows of the server's answer. Raises ``BackupFailed`` where it gives none."""
        import psycopg

        more: dict[str, Any] = {"replication": "true"} if replication else {}
        try:
            with psycopg.connect(
                self.url, autocommit=True, connect_timeout=10, **more
            ) as connection:
                cursor = connection.execute(statement)  # type: ignore[arg-type]
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise BackupFailed(f"the database does not answer: {error}".strip()) from None

    def history(self, timeline: int) -> str:
        """Where the server left which timeline before it came to this one."""
        (_name, written), *_ = self.ask(f"TIMELINE_HISTORY {timeline}", replication=True)
        return written.decode() if isinstance(written, bytes) else str(written)

    def version(self) -> int:
        """As PostgreSQL counts: 180006 is 18.6."""
        return int(self.ask("SHOW server_version_num")[0][0])

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(binaries(self.version() // 10000) / name), *arguments]

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's own programs read."""
        parts, query = urlsplit(self.url), parse_qs(urlsplit(self.url).query)
        told = {_PARTS[name]: values[-1] for name, values in query.items() if name in _PARTS}
        if parts.hostname:
            told["PGHOST"] = unquote(parts.hostname)
        if parts.port:
            told["PGPORT"] = str(parts.port)
        if parts.username:
            told["PGUSER"] = unquote(parts.username)
        if parts.password:
            told["PGPASSWORD"] = unquote(parts.password)
        return {**in_english(), **told}

    def run(self, name: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs. Raises ``BackupFailed`` with what it said."""
        done = subprocess.run(
            self.command(name, "--no-password", *arguments), env=self.environment(), text=True,
            capture_output=True,
        )  # fmt: skip
        if done.returncode:
            raise BackupFailed(f"{name} failed: {done.stderr.strip()[-800:]}")
