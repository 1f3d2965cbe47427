"""What a fiduciary keeps about its clients (Treuhand): the firm's own, never the client's."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm
from erp.companies.models import Company, CompanyOwned


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


class MandateSetting(OfClient):
    """Who of the firm answers for a client (Mandatsleitung)."""

    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False, verbose_name=_("responsible"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("settings of the mandate")
        constraints = [
            models.UniqueConstraint(fields=["firm", "company"], name="mandate_setting_once"),
        ]

    def __str__(self) -> str:
        return str(self.responsible or "")


class MandateFigures(CompanyOwned):
    """Figures that are too costly to ask for all clients at once, as they were ``as_of`` a moment.

    ``missing_vouchers`` are posted entries of periods that are not locked, typed or imported by
    hand, without an original; ``bank_differences`` are bank accounts whose last statement closes with
    another balance than the ledger.
    """

    as_of = models.DateTimeField(_("as of"))
    missing_vouchers = models.PositiveIntegerField(_("missing vouchers"))
    bank_differences = models.PositiveIntegerField(_("bank accounts that differ"))

    class Meta:
        verbose_name = _("figures for the cockpit")
        constraints = [
            models.UniqueConstraint(fields=["company"], name="mandate_figures_once"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d %H:%M}"
