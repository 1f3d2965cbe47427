"""Entries that come again."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class EntryTemplate(CompanyOwned):
    """An entry to copy from (Buchungsvorlage), or to propose at each due date (Dauerbuchung).

    ``content`` is what the entry mask sends, with account numbers and codes instead of ids, so
    that a template outlives changes of the chart.
    """

    class Rhythm(models.TextChoices):
        NONE = "", _("on demand")
        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")
        HALF_YEAR = "half", _("half-yearly")
        YEAR = "year", _("yearly")

    name = models.CharField(_("name"), max_length=80)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    rhythm = models.CharField(_("rhythm"), max_length=7, choices=Rhythm, blank=True, default="")
    next_date = models.DateField(_("next on"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="template_once"),
            models.CheckConstraint(
                condition=Q(rhythm="") | Q(next_date__isnull=False), name="recurring_has_date"
            ),
        ]

    def __str__(self) -> str:
        return self.name
