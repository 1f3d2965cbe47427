"""What a company itself says of figures of law."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class OwnFigure(CompanyOwned):
    """A figure of law that a company entered because the program had none yet (eigener Satz)."""

    key = models.CharField(_("figure"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("own figure")
        constraints = [
            models.UniqueConstraint(fields=["company", "key", "valid_from"], name="own_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"
