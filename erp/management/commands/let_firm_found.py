"""``manage.py let_firm_found CODE [--stop]``: let a fiduciary add companies, or no longer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.models import User
from erp.cockpit.firms import let_found
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Lets those who lead a fiduciary add companies for its clients, or no longer (--stop)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("code", help="the code of the fiduciary, as add_firm prints it")
        parser.add_argument("--stop", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = User.objects.filter(is_operator=True, is_active=True).order_by("pk").first()
        if operator is None:
            raise CommandError("Nobody operates this installation: create_first_admin")
        try:
            firm = let_found(firm_code=options["code"], may_found=not options["stop"], by=operator)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{firm} {'may' if firm.may_found else 'may no longer'} add companies.")
