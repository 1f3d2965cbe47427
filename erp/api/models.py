"""What the endpoints remember."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from erp.access.firms.models import Firm
from erp.access.models import User
from erp.companies.models import CompanyOwned


class KeptAnswer(models.Model):
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
        abstract = True

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"


class IdempotencyRecord(KeptAnswer, CompanyOwned):
    """An answer to somebody in a company."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "operation", "key"], name="idempotency_once"
            ),
        ]


class PersonalIdempotencyRecord(KeptAnswer):
    """An answer to somebody outside of a company: for themselves, or in a ``firm``.

    Nobody else sees it: row-level security goes by the person, who stands in ``rappen.user``.
    """

    firm = models.ForeignKey(
        Firm, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "firm", "operation", "key"], name="personal_idempotency_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["at"], name="personal_idempotency_by_age")]

    @classmethod
    def of_person(cls, user: User, firm: int | None) -> models.QuerySet[Self]:
        """One's own in a firm, or in none."""
        return cls.unscoped.filter(user=user, firm=firm)
