"""Codes, dated rates and dated settings."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned, Multilingual
from vat.codes.catalogue import CatalogueCode, catalogue


class RateClass(models.TextChoices):
    """The classes of statutory rates (MWSTG Art. 25); ``NONE`` carries no tax."""

    STANDARD = "standard", _("standard rate")
    REDUCED = "reduced", _("reduced rate")
    LODGING = "lodging", _("lodging rate")
    NONE = "none", _("no tax")


class VatRate(models.Model):
    """A statutory rate from a day on (Steuersatz). Data of the law, the same for everyone.

    ``output_box`` and ``acquisition_box`` are the boxes of the return where turnover and acquired
    supplies at this rate stand; blank where today's form has none for it.
    """

    rate_class = models.CharField(max_length=8, choices=RateClass)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    output_box = models.CharField(max_length=4, blank=True)
    acquisition_box = models.CharField(max_length=4, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rate_class", "valid_from"], name="vat_rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rate_class} {self.percent} % from {self.valid_from}"


class CodeKind(models.TextChoices):
    """What a code says about a line."""

    OUTPUT = "output", _("Turnover")
    DISCOUNT = "discount", _("Reduction of consideration")
    INPUT = "input", _("Input tax")
    IMPORT = "import", _("Import tax")
    ACQUISITION = "acquisition", _("Acquisition tax")
    CORRECTION = "correction", _("Correction of input tax")
    OTHER = "other", _("Other flows of funds")


#: Kinds whose tax is deducted, and may be deducted in part (MWSTG Art. 28 to 30).
DEDUCTED: Final = (CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION)
ALL: Final = Decimal("100.00")  # percent


class VatCode(CompanyOwned, Multilingual):
    """A VAT code (MWST-Code): what a line means for the return. The rate follows the supply date.

    ``catalogue_code`` is the shipped code it behaves as: a shipped one's own name, or that of the
    model of a code that the company made itself. ``deductible_percent`` is the share of its tax that
    is deducted; the rest is part of the cost.
    """

    code = models.CharField(_("code"), max_length=6)
    catalogue_code = models.CharField(_("behaves as"), max_length=6)
    kind = models.CharField(_("kind"), max_length=11, choices=CodeKind)
    rate_class = models.CharField(_("rate"), max_length=8, choices=RateClass)
    active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    deductible_percent = models.DecimalField(
        _("deductible share"), max_digits=5, decimal_places=2, default=ALL
    )

    class Meta:
        verbose_name = _("VAT code")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="vat_code_once"),
            models.CheckConstraint(
                condition=Q(deductible_percent=ALL)
                | Q(deductible_percent__gte=0, deductible_percent__lte=ALL, kind__in=DEDUCTED),
                name="vat_code_deducts_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def shipped(self) -> CatalogueCode:
        """The code of the catalogue it behaves as: boxes and the purpose of its tax account."""
        return catalogue()[self.catalogue_code]

    @property
    def is_own(self) -> bool:
        """Whether the company made it itself."""
        return self.code != self.catalogue_code


class VatSettings(CompanyOwned):
    """How a company settles its VAT from a day on (Abrechnungsart).

    ``group_uid`` is the canonical UID of the VAT group (MWST-Gruppe) that declares, if any;
    ``round_down`` says that the tax to be paid is declared down to full five centimes.
    """

    class Method(models.TextChoices):
        NOT_LIABLE = "none", _("not liable for VAT")
        EFFECTIVE = "effective", _("effective")
        NET_TAX_RATE = "net", _("net tax rate")
        FLAT_RATE = "flat", _("flat rate")

    class Basis(models.TextChoices):
        AGREED = "agreed", _("agreed consideration")
        RECEIVED = "received", _("received consideration")

    class Interval(models.TextChoices):
        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")
        HALF_YEAR = "half", _("half-yearly")
        YEAR = "year", _("yearly")

    class RateMethod(models.TextChoices):
        DAILY = "bazg-daily", _("daily selling rate")
        MONTHLY = "bazg-monthly", _("mean of the month")

    valid_from = models.DateField(_("valid from"))
    method = models.CharField(_("method"), max_length=9, choices=Method)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis, default=Basis.AGREED)
    interval = models.CharField(
        _("interval"), max_length=7, choices=Interval, default=Interval.QUARTER
    )
    rate_method = models.CharField(
        _("exchange rates"), max_length=12, choices=RateMethod, default=RateMethod.DAILY
    )
    group_uid = models.CharField(_("UID of the VAT group"), max_length=12, blank=True)
    round_down = models.BooleanField(_("round down to 0.05"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "valid_from"], name="vat_settings_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} ({self.valid_from})"


class VatActivity(CompanyOwned):
    """An activity with its granted net tax or flat rate (bewilligte Tätigkeit)."""

    activity_code = models.CharField(_("activity code"), max_length=5)
    name = models.CharField(_("activity"), max_length=120)
    percent = models.DecimalField(_("granted rate"), max_digits=4, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "activity_code", "valid_from"], name="vat_activity_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="vat_activity_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_code} {self.name} {self.percent} %"
