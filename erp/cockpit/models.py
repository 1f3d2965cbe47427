"""What the roof remembers: approvals somebody was written to about, and pages kept at hand."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

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


class Favourite(CompanyOwned):
    """A page that somebody keeps at hand in a company (Favorit), with what its list was asked for.

    ``address`` is the page's below ``/c/{company}/``, with its filters. Shared ones are at hand for
    all who may open the page.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("page"), max_length=1000)
    is_shared = models.BooleanField(_("for all"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("favourite")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "address"], name="favourite_of_a_page_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
