"""``manage.py import_company FILE --owner E-MAIL [--short-name NAME] [--passphrase-file F] [--digest SHA-256]``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.core.errors import DomainError
from erp.handover.importing import import_company


class Command(BaseCommand):
    help = "Takes a company from a file that export_company has written into this installation, or nothing of it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--owner", required=True, help="e-mail of the user here who becomes its owner"
        )
        parser.add_argument("--short-name", default="", help="its short name here")
        parser.add_argument("--passphrase-file", type=Path,
                            help="a file with the passphrase it was written with")  # fmt: skip
        parser.add_argument("--digest", default="", help="the SHA-256 that export_company told")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = options["passphrase_file"]
            passphrase = told.read_text("utf-8") if told else ""
            done = import_company(
                options["file"], owner=options["owner"], short_name=options["short_name"],
                passphrase=passphrase, digest=options["digest"],
            )  # fmt: skip
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"company {done.company} ({done.short_name}): {done.rows} rows and {done.files} files, "
            f"proven the same as they were written; {done.entries} entries and {done.events} events "
            f"of its chains hold.\nSHA-256 of the manifest: {done.digest}"
        )
