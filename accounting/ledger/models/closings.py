"""Closed fiscal years."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models.years import FiscalYear
from erp.companies.models import Company, CompanyOwned


class YearClosing(CompanyOwned):
    """A fiscal year that was closed (Jahresabschluss), for good or until it was reopened.

    ``position`` is the place in the chain of the last entry there was. ``result`` is the profit of
    the year (a loss is negative), ``carried`` what stands carried forward with it. ``figures`` are
    the balances of all accounts as closed, ``digest`` their SHA-256, ``findings`` what the checks
    said and who accepted what, ``paper`` what the annual accounts are printed with. Nothing of this
    changes; reopening adds who, when and why.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="closings", db_constraint=False,
        db_index=False, verbose_name=_("fiscal year"),
    )  # fmt: skip
    nth = models.PositiveSmallIntegerField(default=1)
    position = models.BigIntegerField()
    result = models.DecimalField(_("result of the year"), max_digits=15, decimal_places=2)
    carried = models.DecimalField(_("carried forward"), max_digits=15, decimal_places=2)
    figures = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    findings = models.JSONField(default=list)
    paper = models.JSONField(default=dict)
    closed_at = models.DateTimeField(_("closed at"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("closed by"),
    )  # fmt: skip
    reopened_at = models.DateTimeField(_("reopened at"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True, verbose_name=_("reopened by"),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("closing of a year")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "fiscal_year", "nth"], name="year_closing_nth_once"
            ),
            models.UniqueConstraint(
                fields=["company", "fiscal_year"], condition=Q(reopened_at=None),
                name="year_closed_once",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reason="")),
                name="year_reopened_with_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.fiscal_year} ({self.nth})"

    @classmethod
    def standing(cls, company: Company | int) -> models.QuerySet[Self]:
        """The closings that were not reopened."""
        found: models.QuerySet[Self] = cls.of(company).filter(reopened_at=None)
        return found
