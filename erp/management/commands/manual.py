"""``manage.py manual --language de --out manual.pdf``: the whole manual as a book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erp.core import clock
from erp.manual.book import print_book
from erp.manual.texts import LANGUAGES


class Command(BaseCommand):
    help = "Print the manual as a PDF, and keep it for those who ask for it in the browser."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=LANGUAGES, default="de")
        parser.add_argument("--out", type=Path, required=True, help="the file that is written")

    def handle(self, *args: Any, language: str, out: Path, **options: Any) -> None:
        out.write_bytes(print_book(language, day=clock.today()))
        self.stdout.write(f"{out}: {out.stat().st_size >> 10} KB")
