"""``manage.py backup FOLDER``: a base backup of the database, and copies of new originals."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from erp.access.gate import all_companies
from erp.core import records
from erp.core.version import VERSION
from tools.backups.folder import BackupFailed, Folder
from tools.backups.source import Source
from tools.backups.taking import take
from tools.postgres import PostgresFailed


class Command(BaseCommand):
    help = "Backs up database, originals and anchors into a folder; keys are in none of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", nargs="?", default=settings.BACKUP, help="or RAPPEN_BACKUP")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP,
                            help="how many base backups stay; RAPPEN_BACKUP_KEEP")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"]:
            raise CommandError("Name a folder, or set RAPPEN_BACKUP.")
        if options["keep"] < 1:
            raise CommandError("--keep must be 1 or more.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with it
        began = time.monotonic()
        folder = Folder(Path(options["folder"]))
        try:
            taken = take(folder, Source.told(), Path(settings.RAPPEN_VAR), keep=options["keep"],
                         program=VERSION, companies=_companies())  # fmt: skip
        except (BackupFailed, PostgresFailed, OSError) as refusal:
            records.keep("backup", sound=False, told={"why": str(refusal)})
            raise CommandError(str(refusal)) from None
        size = sum(one["bytes"] for one in taken.generation.told["files"].values())
        records.keep("backup", sound=not taken.damaged, told={
            "name": taken.generation.name, "bytes": size, "seconds": round(time.monotonic() - began),
            "keep": options["keep"], "why": ", ".join(taken.damaged[:20]),
        })  # fmt: skip
        self.stdout.write(
            f"{taken.generation.path}: {size // 10**6} MB in {time.monotonic() - began:.1f} s"
        )
        for name in taken.let_go:
            self.stdout.write(f"let go of {name}")
        for one in taken.damaged:
            self.stderr.write(f"not copied: {one}")
        if taken.damaged:
            raise SystemExit(1)


def _companies() -> int | None:
    """How many clients there are, where this process may ask."""
    try:
        return len(all_companies())
    except DatabaseError:
        return None
