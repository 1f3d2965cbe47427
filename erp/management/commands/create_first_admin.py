"""``manage.py create_first_admin``: the first user of a new installation."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.models import User
from erp.access.users import create_user
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Creates the first administrator; does nothing when there is a user already."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        email = os.environ.get("RAPPEN_ADMIN_EMAIL", "")
        password = os.environ.get("RAPPEN_ADMIN_PASSWORD", "")
        if not email and sys.stdin.isatty():
            email = input("E-mail of the first administrator: ").strip()
            password = getpass.getpass("Password (at least 12 characters): ")
        if not email:
            raise CommandError(
                "There is no user yet. Start in a terminal, or set RAPPEN_ADMIN_EMAIL and "
                "RAPPEN_ADMIN_PASSWORD for the first start."
            )
        try:
            user = create_user(email=email, password=password, is_operator=True)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user.email} may sign in.")
