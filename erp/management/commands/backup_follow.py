"""``manage.py backup_follow FOLDER``: save what the database writes as it writes it, until stopped."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.core import records
from tools.backups.folder import BackupFailed, Folder
from tools.backups.following import Follower
from tools.backups.source import Source

log = logging.getLogger("erp.operation.backup")


class Command(BaseCommand):
    help = "Streams WAL into the folder of backups, copies new originals, and takes a base backup each day."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", nargs="?", default=settings.BACKUP, help="or RAPPEN_BACKUP")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP)
        parser.add_argument(
            "--pause", type=int, default=30, help="seconds between two looks at originals"
        )
        parser.add_argument("--base-hours", type=int, default=24, help="age of the newest base backup"
                            " from which a new one is taken")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"]:
            raise CommandError("Name a folder, or set RAPPEN_BACKUP.")

        def base() -> subprocess.Popen[str]:
            return subprocess.Popen(
                [sys.executable, sys.argv[0], "backup", options["folder"], f"--keep={options['keep']}"],
                stdout=sys.stderr, text=True,
            )  # fmt: skip

        def note(behind: int) -> None:
            records.keep("backup_follow", sound=True, told={"behind_bytes": behind})

        try:
            follower = Follower(Folder(Path(options["folder"])), Source.told(), Path(settings.RAPPEN_VAR),
                                say=log.warning, note=note)  # fmt: skip
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: follower.stop())
            follower.run(
                pause=options["pause"],
                base=base,
                base_after=dt.timedelta(hours=options["base_hours"]),
            )
        except BackupFailed as refusal:
            raise CommandError(str(refusal)) from None
