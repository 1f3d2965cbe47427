"""Another address to sign in with, until it is confirmed; and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core import clock

LASTS: Final = dt.timedelta(minutes=60)
UNDO_LASTS: Final = dt.timedelta(hours=72)


class AddressChange(models.Model):
    """Somebody wants to sign in with another address (Adresswechsel).

    A link to the new address confirms it within 60 minutes; another one to the old address takes
    it back within 72 hours. Of both only digests are kept.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    before = models.EmailField(_("address until then"))
    email = models.EmailField(_("new address"))
    digest = models.CharField("SHA-256", max_length=64)
    undo_digest = models.CharField("SHA-256", max_length=64)
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at=None, ended_at=None),
                name="address_change_once",
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="address_change_by_link"),
            models.Index(fields=["undo_digest"], name="address_change_by_undo"),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    def left_lately(cls, user: Any) -> list[str]:
        """Addresses somebody signed in with until a moment ago, which may still take that back."""
        since = clock.now() - UNDO_LASTS
        found = cls.objects.filter(user=user, done_at__gt=since, ended_at=None)
        return list(found.exclude(before=user.email).values_list("before", flat=True).distinct())
