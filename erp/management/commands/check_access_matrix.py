"""``manage.py check_access_matrix [--format json]``: every route, what it asks for, and who may."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.permissions import READY_ROLES
from erp.routes import routes, undeclared


class Command(BaseCommand):
    help = "Prints the table of all routes and rights; fails where one declares nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        found = routes()
        if options["format"] == "json":
            rows = [{"address": f"/{r.address}", "method": r.method, "asks": r.permission,
                     "step_up": r.step_up, "roles": r.roles()} for r in found]  # fmt: skip
            self.stdout.write(json.dumps(rows, indent=1))
        else:
            codes = [role.code for role in READY_ROLES]
            self.stdout.write(f"{'':60} {'':6} {'asks for':20} {' '.join(codes)}")
            for r in found:
                marks = " ".join(("x" if c in r.roles() else ".").ljust(len(c)) for c in codes)
                asks = f"{r.permission}{' +2FA' if r.step_up else ''}"
                self.stdout.write(f"/{r.address[:58]:59} {r.method:6} {asks:20} {marks}".rstrip())
        if bad := undeclared():
            raise CommandError(
                "declare a permission for: " + ", ".join(f"{r.method} /{r.address}" for r in bad)
            )
