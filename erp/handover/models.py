"""Companies that somebody had written into a file."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.core import clock
from erp.core.sealed import Sealed, SealedField
from erp.jobs.models import Job


class CompanyExport(Sealed, CompanyOwned):
    """A company as a file to take along (Mandantenexport): asked for, made by its job, gone after a day.

    The passphrase is sealed until the job is over: then the database takes it away.
    """

    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("by"),
    )  # fmt: skip
    passphrase = SealedField(str, null=True)
    asked_at = models.DateTimeField(_("started at"))
    made_at = models.DateTimeField(_("made at"), null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    taken_at = models.DateTimeField(_("taken along at"), null=True)
    size = models.BigIntegerField(_("size"), default=0)
    rows = models.BigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # of the manifest

    class Meta:
        verbose_name = _("export of the company")
        constraints = [
            models.UniqueConstraint(fields=["company", "job"], name="company_export_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_there(self) -> bool:
        """Whether the file may still be taken along."""
        return self.expires_at is not None and self.expires_at > clock.now()
