"""Asking to be let in without the second factor, and what others say to it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm
from erp.companies.models import Company
from erp.core import clock

WAITS: Final = dt.timedelta(hours=24)
OPEN_FOR: Final = dt.timedelta(days=14)
LINK_LASTS: Final = dt.timedelta(minutes=60)
LINK_AGAIN: Final = dt.timedelta(minutes=1)


class FactorRecovery(models.Model):
    """Somebody lost phone, key and recovery codes, and knows the password (verlorene Faktoren).

    In every company they are a member of, and every firm they work for, somebody else must confirm
    that it is them (AUT-8). ``ready_at`` is 24 hours after the last of these; from then on a link
    to their address removes the factors. Of both links only digests are kept.
    """

    class End(models.TextChoices):
        DONE = "done", _("factors removed")
        REFUSED = "refused", _("refused")
        DENIED = "denied", _("it was not them")
        NEEDLESS = "needless", _("signed in with a factor")
        LAPSED = "lapsed", _("lapsed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked at"))
    address = models.CharField(_("address"), max_length=45, blank=True)
    agent = models.CharField(_("browser or program"), max_length=200, blank=True)
    denying_digest = models.CharField("SHA-256", max_length=64)
    ready_at = models.DateTimeField(_("ready at"), null=True)
    link_digest = models.CharField("SHA-256", max_length=64, blank=True)
    link_until = models.DateTimeField(_("valid until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end = models.CharField(_("end"), max_length=10, choices=End, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="recovery_once"
            ),
        ]
        indexes = [models.Index(fields=["denying_digest"], name="recovery_by_denial")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and clock.now() < self.asked_at + OPEN_FOR

    @property
    def is_ready(self) -> bool:
        return self.is_open and self.ready_at is not None and self.ready_at <= clock.now()

    @classmethod
    def running(cls) -> models.QuerySet[FactorRecovery]:
        since = clock.now() - OPEN_FOR
        return cls.objects.filter(ended_at=None, asked_at__gt=since).select_related("user")

    @classmethod
    def void_links(cls, user: Any) -> None:
        """Let a link that was sent lead nowhere; a new one can be asked for (AUT-9)."""
        cls.objects.filter(user=user, ended_at=None).update(link_digest="", link_until=None)


class RecoveryApproval(models.Model):
    """Somebody of one company or firm says that it is them; without ``by``, nobody has yet."""

    recovery = models.ForeignKey(
        FactorRecovery, on_delete=models.CASCADE, related_name="approvals", db_index=False
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    firm = models.ForeignKey(
        Firm, on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False,
    )  # fmt: skip
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recovery", "company", "firm"], name="approval_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(company=None) ^ Q(firm=None), name="approval_of_one_place"
            ),
            models.CheckConstraint(
                condition=Q(by=None, at=None) | Q(by__isnull=False, at__isnull=False),
                name="approval_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["company"], name="approval_of_company"),
            models.Index(fields=["firm"], name="approval_of_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.recovery}: {self.by or '–'}"
