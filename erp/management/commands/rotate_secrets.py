"""``manage.py rotate_secrets``: seal secrets anew under the first of ``RAPPEN_FIELD_KEYS``."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.access.sign_in import sealing
from erp.core import vault
from erp.core.sealed import seal_anew, sealed_fields


class Command(BaseCommand):
    help = (
        "Seals every secret in the database anew. Put the new key first in RAPPEN_FIELD_KEYS and "
        "keep the old one behind it until this has run without complaint."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, shut = 0, []
        for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            try:
                done += self._seal_anew(pk)
            except vault.CannotOpen:
                shut.append(str(pk))
        closed = [f"mfa_authenticator: {', '.join(shut)}."] if shut else []
        for reference in all_companies():
            try:
                done += self._seal_company_anew(reference, closed)
            except NobodyToActFor:
                closed.append(f"client {reference}, which has nobody to act for.")
        self.stdout.write(f"{done} secrets are sealed anew.")
        if closed:
            raise CommandError(
                f"These rows do not open. {' '.join(closed)} They were damaged "
                "or moved, or their key is missing from RAPPEN_FIELD_KEYS. Add the key, or look "
                "into it and let the person set up the factor anew (remove_factors)."
            )

    def _seal_company_anew(self, reference: str, closed: list[str]) -> int:
        """A transaction for each column: how many were sealed; what stays shut is put to ``closed``."""
        done = 0
        for field in sealed_fields():
            with operating(reference) as access:
                again, stuck = seal_anew(field, access.company.pk)
            done += again
            if stuck:
                closed.append(f"{field.model._meta.db_table}: {', '.join(map(str, stuck))}.")
        return done

    @transaction.atomic
    def _seal_anew(self, pk: int) -> int:
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        done = sealing.seal_anew(row) if row is not None else 0
        if row is not None and done:
            row.save(update_fields=["data"])
        return done
