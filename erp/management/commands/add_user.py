"""``manage.py add_user EMAIL [--company 1 --role bookkeeper]``: let a person in."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from erp.access.gate import operating
from erp.access.models import User
from erp.access.users import create_user
from erp.cockpit.members import grant
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Creates a user, or gives a role to one who is there. The password is asked for, or taken "
        "from RAPPEN_USER_PASSWORD."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--company", help="number or short name")
        parser.add_argument("--role", default="bookkeeper")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                user = User.objects.filter(email=options["email"].lower()).first()
                if user is None:
                    user = create_user(
                        email=options["email"], password=_password(), name=options["name"]
                    )
                if options["company"]:
                    with operating(options["company"]) as access:
                        grant(company=access.company, user=user, role=options["role"],
                              by=access.user)  # fmt: skip
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user.email} may sign in.")


def _password() -> str:
    try:
        return os.environ.get("RAPPEN_USER_PASSWORD") or getpass.getpass(
            "Password (at least 12 characters): "
        )
    except EOFError:
        raise CommandError(
            "There is no terminal to ask at: set RAPPEN_USER_PASSWORD to the password."
        ) from None
