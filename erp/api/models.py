"""What the endpoints remember."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from erp.companies.models import CompanyOwned


class IdempotencyRecord(CompanyOwned):
    """The answer to a write that must not be repeated, kept with the effect itself."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    operation = models.CharField(max_length=120)
    key = models.CharField(max_length=100)
    payload_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    etag = models.CharField(max_length=80, blank=True, default="")
    #: Of a payment, a posting, an import: it is remembered for a year.
    lasting = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "operation", "key"], name="idempotency_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
