"""``manage.py rotate_secrets``: seal secrets anew under the first of ``RAPPEN_FIELD_KEYS``."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from erp.access.sign_in.adapter import SEALED_IN
from erp.core import vault

SEALED = ("secret", "seed")


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
        old = {name: row.data[name] for name in SEALED if name in row.data} if row else {}
        stale = {name: text for name, text in old.items() if not vault.is_current(text)}
        if row is None or not stale:
            return 0
        for name, text in stale.items():
            row.data[name] = vault.seal(vault.unseal(text, place=SEALED_IN), place=SEALED_IN)
        row.save(update_fields=["data"])
        return len(stale)
