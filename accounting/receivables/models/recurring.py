"""Invoices that come again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.receivables.models.documents import SalesDocument
from accounting.terms.models import fk
from erp.companies.models import CompanyOwned
from erp.core import rhythm


class RecurringInvoice(CompanyOwned):
    """When an invoice comes again (wiederkehrende Rechnung), copied from its pattern.

    The next one is dated ``next_on`` and is for the period that begins (``in_advance``) or ends
    there; ``{period}``, ``{month}`` and ``{year}`` in its texts are filled in.
    """

    Unit = rhythm.Unit

    pattern = fk(SalesDocument, _("pattern"))
    name = models.CharField(_("name"), max_length=80)
    every = models.PositiveSmallIntegerField(_("every"), default=1)
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.MONTH)
    next_on = models.DateField(_("next on"))
    anchor_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    until = models.DateField(_("until"), null=True, blank=True)
    in_advance = models.BooleanField(_("billed in advance"), default=True)
    issues = models.BooleanField(_("issued by the run, not only drafted"), default=False)
    paused = models.BooleanField(_("paused"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("recurring invoice")
        constraints = [
            models.UniqueConstraint(fields=["company", "pattern"], name="recurring_invoice_once"),
            models.CheckConstraint(
                condition=Q(every__gte=1, anchor_day__gte=1, anchor_day__lte=31),
                name="recurring_invoice_possible",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "next_on"], name="recurring_invoice_due",
                condition=Q(paused=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> str:
        """How often, in words: every month, every 3 months."""
        return rhythm.words(self.every, self.unit)
