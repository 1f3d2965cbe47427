"""What a fiduciary keeps about its clients (Treuhand): the firm's own, never the client's."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm
from erp.companies.models import Company


class FirmOwned(models.Model):
    """A row of a firm: its staff see it, its clients do not. There is no ``objects`` here either."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+", db_index=False)

    unscoped = models.Manager()

    class Meta:
        abstract = True

    @classmethod
    def of_firm(cls, firm: Firm | int) -> models.QuerySet[Self]:
        return cls.unscoped.filter(firm=firm)


class OfClient(FirmOwned):
    """A row of a firm about one client: seen while the mandate runs and the client is opened."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("client"),
    )  # fmt: skip

    class Meta:
        abstract = True
