"""Payments that a company expects itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class PlannedPayment(CompanyOwned):
    """Money that is expected to come (positive) or go, once or again and again (geplante Zahlung)."""

    class Rhythm(models.TextChoices):
        ONCE = "", _("once")
        WEEK = "week", _("weekly")
        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")
        HALF_YEAR = "half", _("half-yearly")
        YEAR = "year", _("yearly")

    date = models.DateField(_("date"))
    text = models.CharField(_("text"), max_length=140)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    rhythm = models.CharField(_("rhythm"), max_length=7, choices=Rhythm, blank=True, default="")
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("planned payment")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="planned_payment_is_something"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("date")),
                name="planned_payment_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return self.text
