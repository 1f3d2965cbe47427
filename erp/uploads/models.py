"""Files that come in pieces (Uploads in Etappen)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class Upload(CompanyOwned):
    """A file that somebody sends in pieces, and what of it has arrived.

    Its bytes lie in a file beside the archive until ``expires_at``. It is no original yet: what
    takes it keeps one. Only who sends it sees it.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveIntegerField(_("size"))
    received = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("upload")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="upload_of_company"),
            models.CheckConstraint(
                condition=Q(received__lte=F("size")), name="upload_no_more_than_told"
            ),
        ]
        indexes = [models.Index(fields=["company", "by", "expires_at"], name="upload_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.received == self.size
