"""What is kept of a token: everything but the token."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.companies.models import CompanyOwned
from erp.core import clock

SHORTEST, LONGEST = 1, 366  # days
SHOWN: Final = len("rappen_") + 6  # characters by which people recognise a token


class AppToken(CompanyOwned):
    """A program's key to one company (Zugriffsschlüssel), for some of its owner's rights.

    Of the token itself only the digest is stored, and its beginning, to be recognised by. What a
    token is stays as it was made; the runtime role may only note its use and revoke it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,
    )
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField("SHA-256", max_length=64)
    prefix = models.CharField(_("beginning"), max_length=SHOWN)
    scopes = ArrayField(
        models.CharField(max_length=40, choices=Permission), verbose_name=_("rights")
    )
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    last_address = models.CharField(_("last address"), max_length=45, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("revoked by"),
        null=True,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="token_within_company"),
            models.CheckConstraint(
                condition=models.Q(
                    expires_at__gte=models.F("created_at") + dt.timedelta(days=SHORTEST),
                    expires_at__lte=models.F("created_at") + dt.timedelta(days=LONGEST),
                ),
                name="token_lasts",
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="token_by_digest"),
            models.Index(fields=["user"], name="token_of_user"),
            models.Index(fields=["company", "-created_at"], name="token_of_company"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_good(self) -> bool:
        """Whether it is neither revoked nor expired; what its owner may do is another matter."""
        return self.revoked_at is None and clock.now() < self.expires_at
