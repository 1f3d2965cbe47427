"""``python -m tools.run demo|up|shell COMMAND…``: everything on one machine, from one terminal.

``shell`` runs a command beside the services: those that run, or its own until it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from tools.backups.following import drop_slot
from tools.backups.source import Source
from tools.databases import Database, RolesMissing, chosen
from tools.environment import ROOT, child_environment, var_folder
from tools.postgres import PostgresFailed
from tools.valkey import Valkey, ValkeyFailed

#: Seconds until a follower of backups that ended is started again.
FOLLOW_AGAIN = 10
SIGNS = (signal.SIGINT, signal.SIGTERM)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Machine:
    """The services and processes of one installation."""

    def __init__(self, mode: str) -> None:
        self.mode = "demo" if mode == "demo" else "production"
        self.demo = mode == "demo"
        self.port = int(os.environ.get("PORT", "8000"))
        self.database: Database | None = None
        self.valkey: Valkey | None = None
        self.children: dict[str, subprocess.Popen[str]] = {}
        self.pids = var_folder() / "run.pids"
        self.running = var_folder() / "running.json"
        self.claimed = False
        self.follow_at = 0.0

    def claim(self) -> bool:
        """Hold the data folder for ourselves until we end, however we end."""
        self.lock = (var_folder() / "run.lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        self.claimed = True
        return True

    def start_services(self) -> None:
        self.database = chosen()
        redis = os.environ.get("REDIS_URL", "")
        if not redis:
            self.valkey = Valkey(var_folder() / "valkey")
            self.valkey.start()
            redis = self.valkey.url
            if self.valkey.pid:
                remember(self.pids, self.valkey.pid)
        self.redis = redis
        self.running.touch(mode=0o600)
        self.running.write_text(json.dumps({
            "mode": self.mode, "runtime": self.database.runtime, "owner": self.database.owner,
            "redis": redis, "backup": self.database.backup,
        }))  # fmt: skip

    def join(self) -> dict[str, str]:
        """The environment of the instance that runs on this data folder already."""
        told = json.loads(self.running.read_text())
        return child_environment(
            told["mode"],
            runtime=told["runtime"],
            owner=told["owner"],
            redis=told["redis"],
            backup=told["backup"],
        )

    def environment(self, *, owner: bool = False, backup: bool = False) -> dict[str, str]:
        assert self.database is not None
        return child_environment(
            self.mode, runtime=self.database.runtime,
            owner=self.database.owner if owner else None, redis=self.redis,
            backup=self.database.backup if backup or owner else "",
        )  # fmt: skip

    def prepare(self) -> None:
        """Bring schema and static files up to date; a second start finds nothing to do."""
        state = migrations_digest() + (self.database.owner if self.database else "")
        mark = var_folder() / "prepared"
        if not mark.exists() or mark.read_text() != state:
            self.manage("migrate", "--database=owner", "--verbosity=0", owner=True)
            self.manage("collectstatic", "--noinput", "--verbosity=0")
            self.manage("check", "--database", "default", "--verbosity=0")
            self.manage("reference_update", "--bundled", "--verbosity=0")
            mark.write_text(state)
        if self.demo:
            self.manage("seed_demo")
        else:
            self.manage("create_first_admin")

    def manage(self, *arguments: str, owner: bool = False) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, check=True,
            env=self.environment(owner=owner),
        )  # fmt: skip

    def serve(self) -> None:
        """Start web, worker and beat, and watch them until somebody stops us."""
        address = os.environ.get("RAPPEN_BIND", "127.0.0.1")
        self._start("web", "gunicorn", "erp.wsgi", "--bind", f"{address}:{self.port}",
                    "--workers", "2", "--threads", "4", "--worker-class", "gthread",
                    "--no-control-socket", "--timeout", "120", "--log-level", "warning",
                    "--config", "python:erp.web.workers")  # fmt: skip
        self._start("worker", "celery", "-A", "erp", "worker", "--loglevel", "WARNING",
                    "--concurrency", "1", "--without-gossip", "--without-mingle")  # fmt: skip
        self._start("beat", "celery", "-A", "erp", "beat", "--loglevel", "WARNING",
                    "--schedule", str(var_folder() / "beat-schedule"), "--pidfile=")  # fmt: skip
        if os.environ.get("RAPPEN_BACKUP"):
            self._follow()
        elif self.database and self.database.server:
            drop_slot(Source(self.database.backup))
        self._wait_until_answering()
        self._tell()
        while True:
            for name, child in list(self.children.items()):
                if child.poll() is None:
                    continue
                if name == "backup":  # books are kept on without it
                    self._follow_again(child.returncode)
                else:
                    print(f"{name} ended with {child.returncode}; see "
                          f"{var_folder() / 'log' / name}.log", file=sys.stderr)  # fmt: skip
                    raise Stopped
            if self.database and self.database.server and not self.database.server.alive:
                print("PostgreSQL ended; see its log under var/postgres", file=sys.stderr)
                raise Stopped
            time.sleep(0.5)

    def _follow(self) -> None:
        self._start("backup", "python", "manage.py", "backup_follow", backup=True)
        self.follow_at = 0.0

    def _follow_again(self, code: int) -> None:
        """Start the follower of backups anew, after a pause."""
        if not self.follow_at:
            print(f"backup ended with {code}; see {var_folder() / 'log' / 'backup'}.log."
                  f" It is started again in {FOLLOW_AGAIN} s", file=sys.stderr)  # fmt: skip
            self.follow_at = time.monotonic() + FOLLOW_AGAIN
        elif time.monotonic() > self.follow_at:
            self._follow()

    def stop(self) -> None:
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
        if self.valkey:
            self.valkey.stop()
        if self.database and self.database.server:
            self.database.server.stop()
        if self.claimed:
            self.pids.unlink(missing_ok=True)
            self.running.unlink(missing_ok=True)

    def _start(self, name: str, program: str, *arguments: str, backup: bool = False) -> None:
        child = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *arguments], cwd=ROOT,
            env=self.environment(backup=backup), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.children[name] = child
        remember(self.pids, child.pid)
        threading.Thread(target=_relay, args=(name, child), daemon=True).start()

    def _wait_until_answering(self) -> None:
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            if self.children["web"].poll() is not None:
                raise Stopped
            time.sleep(0.1)

    def _tell(self) -> None:
        print(f"\n  Rappen runs on http://localhost:{self.port}", flush=True)
        if self.demo:
            print("  Sign in with demo@rappen.example and Buchhaltung-macht-Freude.")
            print("  The page shows the code of the second factor; its key is "
                  "RAPPENDEMORAPPENDEMORAPPENDEMO22.")  # fmt: skip
        print("  Ctrl-C stops everything.\n", flush=True)


def _relay(name: str, child: subprocess.Popen[str]) -> None:
    folder = var_folder() / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    assert child.stdout is not None
    with (folder / f"{name}.log").open("a") as log:
        for line in child.stdout:
            log.write(line)
            log.flush()
            with contextlib.suppress(ValueError, OSError):
                print(f"{name:>6} | {line}", end="", flush=True)


def migrations_digest() -> str:
    """Changes whenever the schema, the static files or the bundled data could."""
    digest = hashlib.sha256()
    for folder, patterns in (("erp", ("migrations/*", "static/**/*", "reference/bundled/*")),
                             ("vat", ("migrations/*",)),
                             ("accounting", ("migrations/*",)), ("contacts", ("migrations/*",)),
                             ("payroll", ("migrations/*",))):  # fmt: skip
        for pattern in patterns:
            for path in sorted((ROOT / folder).glob(pattern)):
                if path.is_file() and path.suffix != ".pyc":
                    digest.update(str(path).encode() + path.read_bytes())
    digest.update((ROOT / "requirements.txt").read_bytes())
    return digest.hexdigest()


def remember(pids: Path, pid: int) -> None:
    with pids.open("a") as file:
        file.write(f"{pid} {_started(pid)}\n")


def end_leftovers(pids: Path) -> None:
    """End processes that a killed launcher left behind; a number given anew is left alone."""
    if not pids.exists():
        return
    for line in pids.read_text().splitlines():
        pid, _, started = line.partition(" ")
        if started and _started(int(pid)) == started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(int(pid), signal.SIGKILL)
    pids.unlink()
    time.sleep(0.3)


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in {"demo", "up", "shell"}:
        print(__doc__, file=sys.stderr)
        return 2

    def stop(_sign: int, _frame: FrameType | None) -> None:
        for sign in SIGNS:
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    for sign in SIGNS:
        signal.signal(sign, stop)
    machine = Machine(
        os.environ.get("RAPPEN_RUN", "up") if arguments[0] == "shell" else arguments[0]
    )
    outcome = 0
    try:
        if not machine.claim():
            if arguments[0] == "shell":
                return subprocess.call(arguments[1:], cwd=ROOT, env=machine.join())
            print(f"Rappen runs already on {var_folder()}. Stop it first, or choose another data "
                  "folder: RAPPEN_VAR=…", file=sys.stderr)  # fmt: skip
            return 1
        end_leftovers(machine.pids)
        if arguments[0] != "shell" and _port_is_taken(machine.port):
            print(f"Port {machine.port} is in use. Stop what runs there, or choose another: "
                  f"PORT=8001 make {arguments[0]}", file=sys.stderr)  # fmt: skip
            return 1
        machine.start_services()
        if arguments[0] == "shell":
            return subprocess.call(arguments[1:], cwd=ROOT, env=machine.environment(owner=True))
        machine.prepare()
        machine.serve()
    except Stopped:
        print("\nStopping …", flush=True)
        outcome = 1 if any(c.poll() not in (None, 0) for c in machine.children.values()) else 0
    except (PostgresFailed, ValkeyFailed, RolesMissing) as error:
        print(error, file=sys.stderr)
        outcome = 1
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(map(str, error.cmd[1:]))} failed", file=sys.stderr)
        outcome = 1
    finally:
        machine.stop()
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
