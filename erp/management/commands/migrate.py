"""``manage.py migrate --database=owner``: Django's, beside work that goes on."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from erp.core.gentle import patiently


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Each migration waits for locks for a moment only, and is tried again."""
        connection = connections[options["database"]]
        patiently(
            connection, lambda: super(Command, self).handle(*args, **options), say=self.stderr.write
        )
