"""``manage.py restore_check FOLDER [--at MOMENT]``: restore into an empty cluster, and prove what is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.core import records
from tools.backups.folder import BackupFailed, Folder
from tools.backups.restoring import Restored, restore
from tools.postgres import OWNER, RUNTIME
from tools.restore import moment


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
        (Path(settings.RAPPEN_VAR) / "scratch").mkdir(mode=0o711, parents=True, exist_ok=True)
        scratch = Path(
            tempfile.mkdtemp(prefix="restored-", dir=Path(settings.RAPPEN_VAR) / "scratch")
        )
        scratch.chmod(0o711)
        try:
            self._check(Folder(Path(options["folder"])), scratch, options["at"], told)
        except BackupFailed as refusal:
            told["why"] = str(refusal)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
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
        finally:
            found.server.stop()
            if not found.server.home.is_relative_to(scratch):
                shutil.rmtree(found.server.home, ignore_errors=True)

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


def _proven(found: Restored, folder: Folder, var: Path) -> list[dict[str, Any]]:
    """What ``verify_all`` says of the restored cluster, with the copies of the originals beside it."""
    var.mkdir()
    (var / "files").symlink_to(folder.files)
    if (anchors := found.generation.path / "anchors").is_dir():
        (var / "anchors").symlink_to(anchors)
    database = str(settings.DATABASES["default"]["NAME"])
    environment = {
        **os.environ, "DATABASE_URL": found.server.url(RUNTIME, database), "RAPPEN_VAR": str(var),
        "DATABASE_OWNER_URL": found.server.url(OWNER, database),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, sys.argv[0], "verify_all", "--format=json"], env=environment, text=True,
        capture_output=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise BackupFailed(f"the proofs did not come to an end: {done.stderr.strip()[-800:]}")
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not rows or (done.returncode and all(row["sound"] for row in rows)):
        raise BackupFailed(f"the proofs did not come to an end: {done.stderr.strip()[-800:]}")
    return rows
