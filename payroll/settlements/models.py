"""Settlements of withholding tax, and the runs whose tax they hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import JournalEntry
from erp.companies.models import CompanyOwned
from erp.core.money import ZERO
from erp.core.sealed import Sealed, SealedField
from payroll.runs.models import PayrollRun
from payroll.setup.models import Institution, PayrollSettings


class SettledTax(msgspec.Struct, frozen=True, kw_only=True):
    """A person's tax of a month as it was settled, in CHF; ``run`` is the number of its run.

    ``month`` is where it stands, ``origin`` the month it is for: earlier ones are corrections.
    """

    employee: int
    ahv_number: str
    name: str
    commune: int | None
    code: str
    month: dt.date
    origin: dt.date
    run: int
    taxable: Decimal
    determinant: Decimal
    amount: Decimal
    is_correction: bool = False


class TaxSettlement(Sealed, CompanyOwned):
    """What was withheld for a canton until a month, settled (Quellensteuerabrechnung); it stays as it was.

    ``year`` is that of the wages; ``last`` is after it where a correction was paid later (Nachtrag).
    ``net`` is the tax less the commission, both in CHF: what the tax office gets, or pays back where it
    is negative. Without tax there is no entry. Who was taxed, and what of, stands in ``content``, sealed.
    """

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("tax office"),
    )  # fmt: skip
    canton = models.CharField(_("canton"), max_length=2)
    year = models.PositiveSmallIntegerField(_("year"))  # whose wages were taxed
    first = models.DateField(_("first month"))
    last = models.DateField(_("last month"))
    people = models.PositiveIntegerField(_("people"))
    tax = models.DecimalField(_("tax"), max_digits=15, decimal_places=2)
    how = models.CharField(_("settled"), max_length=3, choices=PayrollSettings.Commission)
    percent = models.DecimalField(_("commission, percent"), max_digits=6, decimal_places=3)
    commission = models.DecimalField(_("commission"), max_digits=15, decimal_places=2)
    date = models.DateField(_("booking date"))
    due_date = models.DateField(_("due"))
    reference = models.CharField(_("reference of the payment slip"), max_length=35, blank=True)
    content = SealedField(tuple[SettledTax, ...])
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    settled_at = models.DateTimeField(_("settled at"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(_("undone at"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("withholding-tax settlement")
        verbose_name_plural = _("withholding-tax settlements")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=F("last")), name="tax_settlement_from_to"
            ),
            models.CheckConstraint(
                condition=Q(tax=0, commission=0, entry=None) | Q(entry__isnull=False),
                name="tax_settlement_booked_where_there_is_tax",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="tax_settlement_undone_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.canton} {self.span}"

    @property
    def span(self) -> str:
        """The months: 03.2026, or 01.2026–03.2026."""
        return span_of(self.first, self.last)

    @property
    def is_supplement(self) -> bool:
        """Whether it holds what was corrected after the year had ended."""
        return self.last.year > self.year

    @property
    def taxable(self) -> Decimal:
        """What was taxed, in CHF; of one person it is a wage, so it lies sealed."""
        return sum((row.taxable for row in self.content), ZERO)

    @property
    def net(self) -> Decimal:
        return self.tax - self.commission

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None


def span_of(first: dt.date, last: dt.date) -> str:
    """Months as they are named: 03.2026, or 01.2026–03.2026."""
    return f"{last:%m.%Y}" if first == last else f"{first:%m.%Y}–{last:%m.%Y}"  # noqa: RUF001


class SettledRun(CompanyOwned):
    """That a canton's tax of a run is settled: once. It goes when the settlement is undone."""

    settlement = models.ForeignKey(
        TaxSettlement, on_delete=models.PROTECT, related_name="runs", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    canton = models.CharField(_("canton"), max_length=2)
    run = models.ForeignKey(
        PayrollRun, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("settled run")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "canton", "run"], name="run_settled_once_a_canton"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canton} {self.run_id}"
