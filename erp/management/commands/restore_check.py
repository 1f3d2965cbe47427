"""``manage.py restore_check FOLDER [--at MOMENT]``: restore into an empty cluster, and prove what is there."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.core import records
from tools.backups.folder import CAUGHT_UP, BackupFailed, Folder
from tools.backups.restoring import Restored, restore
from tools.postgres import OWNER, RUNTIME, Postgres, PostgresFailed
from tools.restore import moment

#: A row's own moment may lie so much before its file was there.
_SLACK: Final = dt.timedelta(minutes=1)
#: What was stored longer before the end must be copied, whatever the follower says.
_LONGEST: Final = dt.timedelta(minutes=10)


class Command(BaseCommand):
    help = (
        "Restores the newest backup, or a moment, into an empty cluster and proves ledgers, audit trails,"
        " trial balances, files and the separation of clients there. Exit code 1 where something is missing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", nargs="?", default=settings.BACKUP, help="or RAPPEN_BACKUP")
        parser.add_argument(
            "--at", type=moment, help="2026-11-27T14:30, Swiss time; else all that was saved"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"]:
            raise CommandError("Name a folder, or set RAPPEN_BACKUP.")
        told: dict[str, Any] = {
            "folder": options["folder"], "at": options["at"].isoformat() if options["at"] else None,
            "base": None, "last_commit": None, "passed": None, "why": "", "seconds": {}, "proofs": [],
        }  # fmt: skip
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with it
        try:
            with _scratch(Path(settings.RAPPEN_VAR) / "scratch") as scratch:
                self._check(Folder(Path(options["folder"])), scratch, options["at"], told)
        except Exception as trouble:  # noqa: BLE001 - whatever it is, nothing was proven
            told["why"] = (
                str(trouble)
                if isinstance(trouble, BackupFailed | PostgresFailed)
                else repr(trouble)
            )
        sound = not told["why"] and all(one["sound"] for one in told["proofs"])
        records.keep("restore_check", sound=sound, told={
            "base": told["base"], "at": told["at"], "last_commit": told["last_commit"], "why": told["why"],
            "seconds": sum(told["seconds"].values()),
        })  # fmt: skip
        if options["format"] == "json":
            self.stdout.write(json.dumps({"sound": sound, **told}, ensure_ascii=False))
        else:
            self._tell(sound, told)
        if not sound:
            raise SystemExit(1)

    def _check(self, folder: Folder, scratch: Path, at: Any, told: dict[str, Any]) -> None:
        if unreadable := folder.unreadable():
            raise BackupFailed(
                f"the backup is damaged: {', '.join(unreadable)} does not say what it is"
            )
        began = time.monotonic()
        found = restore(folder, scratch / "postgres", at=at, durable=False)
        try:
            told["seconds"]["restore"] = round(time.monotonic() - began, 1)
            told["base"], told["passed"] = found.generation.name, found.passed
            told["last_commit"] = found.last_commit.isoformat() if found.last_commit else None
            began = time.monotonic()
            told["proofs"] = _proven(found, folder, scratch / "var")
            told["seconds"]["prove"] = round(time.monotonic() - began, 1)
            if any(not one["sound"] for one in told["proofs"]):
                told["why"] = "what was restored is not as it was"
            elif found.generation.told.get("companies") and not any(
                one["count"] for one in told["proofs"] if one["proof"] == "tenancy"
            ):
                told["why"] = "there is no company, although the backup had some"
        finally:
            found.server.stop()

    def _tell(self, sound: bool, told: dict[str, Any]) -> None:
        if told["base"]:
            self.stdout.write(
                f"base backup {told['base']}, last change {told['last_commit'] or 'in it'}"
            )
        for one in told["proofs"]:
            of = f"company {one['company']}" if one["company"] else "all companies"
            self.stdout.write(f"{of}: {one['proof']}, {one['count']} looked at: "
                              f"{'as it was' if one['sound'] else 'BREAKS'}")  # fmt: skip
            for broken in one["breaks"]:
                self.stdout.write(f"  {broken}")
        if told["at"] and told["passed"] is False:
            self.stdout.write("Nothing later than the moment is in the backup; what came just before it may be"
                              " missing.")  # fmt: skip
        spent = ", ".join(f"{name} {seconds} s" for name, seconds in told["seconds"].items())
        self.stdout.write(
            f"{'The backup is good' if sound else told['why']} ({spent or 'nothing restored'})"
        )


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is restored, which goes away afterwards, as do those that killed checks left behind."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    begins = _lock(folder)
    for left in folder.glob("restored-*"):
        with suppress(OSError):
            lock = _lock(left, fcntl.LOCK_NB)
            _remove(left)
            os.close(lock)
    scratch = Path(tempfile.mkdtemp(prefix="restored-", dir=folder))
    held = _lock(scratch)
    os.close(begins)
    try:
        scratch.chmod(0o711)
        yield scratch
    finally:
        _remove(scratch)
        os.close(held)


def _lock(folder: Path, how: int = 0) -> int:
    """Hold a folder until what is returned is closed, or this process ends."""
    number = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | how)
    except OSError:
        os.close(number)
        raise
    return number


def _remove(scratch: Path) -> None:
    """End the server that runs there, and remove it, wherever it had to lie."""
    server = Postgres(scratch / "postgres")
    server.end_leftover()
    for folder in (server.home, server.socket, scratch):
        shutil.rmtree(folder, ignore_errors=True)


def _since(folder: Folder, found: Restored) -> dt.datetime | None:
    """From when on an original need not be copied yet: the follower's last round, and never long ago."""
    try:
        at = dt.datetime.fromisoformat(json.loads((folder.path / CAUGHT_UP).read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    ended = found.last_commit or found.generation.usable_from
    return max(at - _SLACK, ended - _LONGEST)


def _proven(found: Restored, folder: Folder, var: Path) -> list[dict[str, Any]]:
    """What ``verify_all`` says of the restored cluster, with the copies of the originals beside it."""
    var.mkdir()
    (var / "files").symlink_to(folder.files)
    if (anchors := found.generation.path / "anchors").is_dir():
        (var / "anchors").symlink_to(anchors)
    since = _since(folder, found)
    database = str(settings.DATABASES["default"]["NAME"])
    environment = {
        **os.environ, "DATABASE_URL": found.server.url(RUNTIME, database), "RAPPEN_VAR": str(var),
        "DATABASE_OWNER_URL": found.server.url(OWNER, database),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, sys.argv[0], "verify_all", "--format=json",
         *([f"--files-until={since.isoformat()}"] if since else [])],
        env=environment, text=True, capture_output=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise BackupFailed(f"the proofs did not come to an end: {done.stderr.strip()[-800:]}")
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not rows or (done.returncode and all(row["sound"] for row in rows)):
        raise BackupFailed(f"the proofs did not come to an end: {done.stderr.strip()[-800:]}")
    return rows
