"""A firm's settings of a client, and a client's figures that are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.fiduciary.models.base import OfClient
from erp.fiduciary.models.checklists import ChecklistTemplate


class MandateSetting(OfClient):
    """Who of the firm answers for a client (Mandatsleitung)."""

    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False, verbose_name=_("responsible"),
    )  # fmt: skip

    checklist = models.ForeignKey(
        ChecklistTemplate, on_delete=models.PROTECT, related_name="+", null=True,
        db_constraint=False, db_index=False, verbose_name=_("checklist"),
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
