"""The index of what is stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class StoredFile(CompanyOwned):
    """An original as it came in (Beleg): never changed, never overwritten (GeBüV Art. 3, 9)."""

    digest = models.CharField("SHA-256", max_length=64)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    stored_at = models.DateTimeField(_("stored at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "digest"], name="stored_file_once"),
        ]

    def __str__(self) -> str:
        return self.name
