"""``manage.py import_statement --company 1 FILE…``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounting.banking.importing import take_in
from accounting.banking.matching.jobs import match_later
from erp.access.gate import operating
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Takes camt.053 and camt.054 files in, each whole or not at all."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", type=Path, nargs="+")
        parser.add_argument("--company", required=True, help="number or short name")
        parser.add_argument("--by", help="e-mail of the member who imports; the owner without it")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                with operating(options["company"], by=options["by"]) as access:
                    taken = take_in(
                        company=access.company, content=path.read_bytes(), by=access.user
                    )
                    match_later(access)
            except OSError as error:
                raise CommandError(str(error)) from None
            except DomainError as refusal:
                raise CommandError(f"{path.name}: {refusal}") from None
            for one in taken:
                self.stdout.write(f"{path.name}: statement {one.statement}: {one.new} new, "
                                  f"{one.known} known, {one.enriched} completed")  # fmt: skip
