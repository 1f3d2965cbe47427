"""``manage.py seed_demo``: companies to try things in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.access.models import User
from erp.cockpit.demo import seed
from erp.fiduciary.demo import CLIENTS, add_fiduciary


class Command(BaseCommand):
    help = "Fills an empty installation with demo companies; leaves those there are alone."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--tenants", type=int, default=3, help="how many companies")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("Demo books and their known password exist in demo mode only.")
        demo = User.objects.filter(email=settings.DEMO_SIGN_IN["email"])
        if User.objects.exists() and not demo.exists():
            raise CommandError(
                "There are real users here. Demo books belong in a data folder of their own: "
                "RAPPEN_VAR=var-demo make demo"
            )
        if made := seed(seed_number=options["seed"], tenants=options["tenants"]):
            if made >= len(CLIENTS):
                add_fiduciary(demo.get())
            self.stdout.write(f"{made} demo companies are ready.")
