"""``manage.py inbox_folder --company 1``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounting.payables.capture import folders
from erp.access.gate import operating
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Makes the folder that a company's bills are dropped in, and prints where it is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--company", required=True, help="number or short name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with operating(options["company"]) as access:
                place = folders.open_folder(access.company.pk)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(str(place))
