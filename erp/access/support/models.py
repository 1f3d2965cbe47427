"""The consent of a company to be looked into."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.core import clock

SHORTEST, LONGEST = 1, 7 * 24  # hours


class SupportConsent(CompanyOwned):
    """Operators may look into the company for a time (Einwilligung zum Supportzugriff).

    They read, and never write. The runtime role may end a consent, and change nothing else of it.
    """

    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("given by"),
        db_index=False,
    )
    given_at = models.DateTimeField(_("given at"))
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateTimeField(_("until"))
    read_only = models.BooleanField(_("read only"), default=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ended by"),
        null=True,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    until__gte=models.F("given_at") + dt.timedelta(hours=SHORTEST),
                    until__lte=models.F("given_at") + dt.timedelta(hours=LONGEST),
                ),
                name="consent_lasts",
            ),
            models.CheckConstraint(condition=models.Q(read_only=True), name="consent_to_read"),
        ]
        indexes = [
            models.Index(fields=["company", "-given_at"], name="consent_of_company"),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def runs(self) -> bool:
        return self.ended_at is None and clock.now() < self.until

    @classmethod
    def running(cls) -> models.QuerySet[SupportConsent]:
        """The consents that run now, as far as they can be seen; the longest first."""
        wanted = cls.unscoped.filter(ended_at=None, until__gt=clock.now())
        return wanted.select_related("company", "given_by").order_by("-until", "-pk")
