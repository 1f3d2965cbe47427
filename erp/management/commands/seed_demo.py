"""``manage.py seed_demo``: companies to try things in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.cockpit.demo import seed


class Command(BaseCommand):
    help = "Fills an empty installation with demo companies; leaves those there are alone."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("Demo books and their known password exist in demo mode only.")
        if made := seed(seed_number=options["seed"]):
            self.stdout.write(f"{made} demo companies are ready.")
