"""Fiscal years and their periods."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class DateRange(Func):
    """``daterange(start, end, '[]')``."""

    function = "daterange"
    output_field = DateRangeField()


class FiscalYear(CompanyOwned):
    """A fiscal year (Geschäftsjahr): any start, any length, never overlapping another."""

    name = models.CharField(_("name"), max_length=20)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))

    history_parts = ("periods",)  # whose events are its own, too

    class Meta:
        verbose_name = _("fiscal year")
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="fiscal_year_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="fiscal_year_ends_later"),
            ExclusionConstraint(
                name="fiscal_years_do_not_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    (
                        DateRange("start", "end", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def contains(self, day: dt.date) -> bool:
        return self.start <= day <= self.end


class Period(CompanyOwned):
    """A month of a fiscal year (Periode), which locks on its own."""

    class Lock(models.TextChoices):
        OPEN = "open", _("open")
        CLOSING = "closing", _("open for closing only")
        LOCKED = "locked", _("locked")

    fiscal_year = models.ForeignKey(
        FiscalYear,
        on_delete=models.PROTECT,
        related_name="periods",
        db_constraint=False,
        db_index=False,
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    lock = models.CharField(_("state"), max_length=7, choices=Lock, default=Lock.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "fiscal_year", "start"], name="period_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="period_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%m.%Y}"
