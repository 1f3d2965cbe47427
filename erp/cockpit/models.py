"""What the roof remembers: which approvals somebody was written to about."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from erp.companies.models import CompanyOwned


class ApprovalDigest(CompanyOwned):
    """The last mail to somebody about what waits for their approval (Freigabe-Mail).

    ``marks`` are how far each kind of work had come then, ``counts`` how many waited, or fewer that waited
    on a day since: what lies beyond the one or is more than the other is new.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sent_on = models.DateField()
    marks = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="approval_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.sent_on}"
