"""``manage.py add_firm NAME --manager EMAIL [--may-found]``: take on a fiduciary."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.models import User
from erp.cockpit.firms import found_firm
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Takes on a fiduciary whose clients can give it a mandate, and prints its code."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name")
        parser.add_argument("--manager", required=True, help="e-mail of who manages it")
        parser.add_argument("--may-found", action="store_true",
                            help="let those who lead it add companies for its clients")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        manager = User.objects.filter(email=options["manager"].lower(), is_active=True).first()
        if manager is None:
            raise CommandError(f"Nobody signs in with {options['manager']}. Add them: add_user")
        operator = User.objects.filter(is_operator=True, is_active=True).order_by("pk").first()
        if operator is None:
            raise CommandError("Nobody operates this installation: create_first_admin")
        try:
            firm = found_firm(name=options["name"], manager=manager, by=operator,
                              may_found=options["may_found"])  # fmt: skip
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(firm.code)
