"""``manage.py rotate_secrets``: seal secrets anew under the first of ``RAPPEN_FIELD_KEYS``."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from erp.access.sign_in import sealing


class Command(BaseCommand):
    help = (
        "Seals every secret in the database anew. Put the new key first in RAPPEN_FIELD_KEYS and "
        "keep the old one behind it until this has run."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for pk in Authenticator.objects.values_list("pk", flat=True):
            done += self._seal_anew(pk)
        self.stdout.write(f"{done} secrets are sealed anew.")

    @transaction.atomic
    def _seal_anew(self, pk: int) -> int:
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        done = sealing.seal_anew(row) if row is not None else 0
        if row is not None and done:
            row.save(update_fields=["data"])
        return done
