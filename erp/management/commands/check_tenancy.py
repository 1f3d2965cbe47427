"""``manage.py check_tenancy``: whether clients are kept apart, by roles, grants, policies and rows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from erp.operation.tenancy import breaches


class Command(BaseCommand):
    help = "Checks that no client sees another's rows. Exit code 1 where one does or could."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        found = breaches()
        if options["format"] == "json":
            self.stdout.write(json.dumps({"sound": not found, "breaches": found}))
        else:
            self.stdout.write("\n".join(found) or "Clients are kept apart.")
        if found:
            raise SystemExit(1)
