"""``manage.py pwned_build SRC OUT [--min-count N]``: build the local list of leaked passwords."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.passwords.building import RANGES, build
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Builds the file RAPPEN_PWNED_FILE names from what the Pwned Passwords downloader wrote: "
        "one text file ordered by hash, or a folder of ranges. A list in use may be replaced; "
        "programs that run see the new one within a minute."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("source", metavar="SRC", type=Path)
        parser.add_argument("out", metavar="OUT", type=Path)
        parser.add_argument(
            "--min-count", type=int, default=1, metavar="N",
            help="leave out what leaked less often; 5 bytes are saved with each",
        )  # fmt: skip
        parser.add_argument(
            "--partial", action="store_true", help="a folder may hold only some of the ranges"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            built = build(
                options["source"], options["out"],
                min_count=options["min_count"], partial=options["partial"],
            )  # fmt: skip
        except (DomainError, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{options['out']}: {built.entries} hashes, {built.size} bytes, "
            f"from {built.ranges} of {RANGES} ranges"
        )
