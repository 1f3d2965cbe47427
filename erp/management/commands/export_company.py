"""``manage.py export_company COMPANY FILE [--passphrase-file F]``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.core.errors import DomainError
from erp.handover.exporting import export_company


class Command(BaseCommand):
    help = "Writes a company with all its books, papers, payroll and files into a file, for another installation."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("company", help="number or short name")
        parser.add_argument("file", type=Path, help="the file to write; it must not be there yet")
        parser.add_argument("--passphrase-file", type=Path,
                            help="a file with the passphrase that seals wages and personal data")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = options["passphrase_file"]
            passphrase = told.read_text("utf-8") if told else ""
            done = export_company(options["company"], options["file"], passphrase=passphrase)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"company {done.company}: {done.rows} rows and {done.files} files are in {options['file']}.\n"
            f"SHA-256 of its manifest: {done.digest}"
        )
