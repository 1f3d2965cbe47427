"""How a company pays wages, and with whom it insures its people."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from contacts.models import Contact
from erp.companies.models import CompanyOwned


class PayrollSettings(CompanyOwned):
    """How a company reckons and pays wages (Lohneinstellungen); one row, or the defaults."""

    class Commission(models.TextChoices):
        """How withholding tax is settled; the tariff's file says what that is worth (record 12)."""

        ELECTRONIC = "PEL", _("electronically")
        PAPER = "PPA", _("on paper")
        SPECIAL = "PSP", _("by special agreement")

    class Rounding(models.TextChoices):
        FIVE = "0.05", "0.05"
        ONE = "0.01", "0.01"

    rounding = models.CharField(
        _("amounts are rounded to"), max_length=4, choices=Rounding, default=Rounding.FIVE
    )
    weekly_hours = models.DecimalField(
        _("hours a week at 100 %"), max_digits=4, decimal_places=2, default=Decimal(42),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(60))],
    )  # fmt: skip
    pay_day = models.PositiveSmallIntegerField(
        _("day of payment"), default=25, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    jump_percent = models.DecimalField(
        _("warn of a change of the net wage by more than (percent)"), max_digits=5,
        decimal_places=2, default=Decimal(20),
    )  # fmt: skip
    simplified = models.BooleanField(_("simplified procedure (BGSA)"), default=False)
    always_liable = models.BooleanField(_("small wages are always liable to AHV"), default=False)
    by_cost_centre = models.BooleanField(_("post by cost centre"), default=True)
    commission = models.CharField(
        _("withholding tax is settled"),
        max_length=3,
        choices=Commission,
        default=Commission.ELECTRONIC,
    )
    slip_text = models.TextField(_("text on the slip"), blank=True, max_length=1000)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("payroll settings")
        constraints = [models.UniqueConstraint(fields=["company"], name="payroll_settings_once")]

    def __str__(self) -> str:
        return str(_("payroll settings"))


class Institution(CompanyOwned):
    """A fund, insurer or tax office that gets a part of wages (Institution).

    What is owed to it stands on ``liability``, the employer's part on ``expense``; of a tax office that
    is where its commission is credited. Blank accounts are those of the chart, see ``payroll.setup.accounts``.
    """

    class Kind(models.TextChoices):
        AHV = "ahv", _("Compensation fund (AHV)")
        FAK = "fak", _("Family allowance fund")
        UVG = "uvg", _("Accident insurance (UVG)")
        UVGZ = "uvgz", _("Supplementary accident insurance")
        KTG = "ktg", _("Daily sickness allowance insurance")
        BVG = "bvg", _("Pension fund (BVG)")
        TAX = "tax", _("Withholding-tax office")
        OTHER = "other", _("Other contributions")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    name = models.CharField(_("name"), max_length=140)
    canton = models.CharField(_("canton"), max_length=2, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("contact"),
    )  # fmt: skip
    member_number = models.CharField(_("member number"), max_length=40, blank=True)
    sub_number = models.CharField(_("sub-number"), max_length=20, blank=True)
    liability = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("liability account"),
    )  # fmt: skip
    expense = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("expense account"),
    )  # fmt: skip
    active_until = models.DateField(_("active until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "name"], name="institution_once"),
            models.CheckConstraint(
                condition=~Q(kind="tax") | ~Q(canton=""), name="institution_tax_office_has_canton"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Solution(CompanyOwned):
    """A group of people who are insured alike by an institution (Versicherungslösung).

    ``code`` is that of the policy, such as A1 for UVG or 11 for KTG; a fund has one solution.
    """

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="solutions", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_usual = models.BooleanField(_("for new employees"), default=False)

    class Meta:
        verbose_name = _("insurance solution")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "institution", "code"], name="solution_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.code}"


class SolutionRate(CompanyOwned):
    """A rate of a solution, from a day on (Prämiensatz): for a sex, ages, a range of yearly wages.

    ``insures`` says which contribution it is for: BU and NBU have rows of their own. Rates have four
    decimals, as funds charge 0.005 %. Ages are those of calendar years.
    """

    class Insures(models.TextChoices):
        """As ``payroll.wages.kinds.Insurance``, without AHV and ALV, whose rates the law sets."""

        BU = "bu", _("occupational accidents")
        NBU = "nbu", _("non-occupational accidents")
        UVGZ = "uvgz", _("supplementary accident insurance")
        KTG = "ktg", _("daily sickness allowance")
        BVG = "bvg", _("pension fund")
        FAK = "fak", _("family allowance fund")
        ADMIN = "admin", _("administration costs")
        CANTONAL = "cantonal", _("cantonal contribution")
        EXTRA = "extra", _("other contribution")

    class SexOf(models.TextChoices):
        ALL = "", _("all")
        FEMALE = "F", _("women")
        MALE = "M", _("men")

    class BaseOf(models.TextChoices):
        """Which wages an extra or cantonal contribution is of; others have their own base."""

        USUAL = "", _("as usual")
        AHV = "ahv", "AHV"
        ALV = "alv", "ALV"
        UVG = "uvg", "UVG"
        GROSS = "gross", _("gross wage")

    solution = models.ForeignKey(
        Solution, on_delete=models.CASCADE, related_name="rates", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    insures = models.CharField(_("for"), max_length=8, choices=Insures)
    valid_from = models.DateField(_("valid from"))
    base = models.CharField(_("of the wages for"), max_length=5, choices=BaseOf, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=SexOf, blank=True)
    age_from = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("age to"), null=True, blank=True)
    wage_from = models.DecimalField(
        _("wage of a year from"), max_digits=12, decimal_places=2, default=Decimal(0)
    )
    wage_to = models.DecimalField(
        _("wage of a year to"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    employee_percent = models.DecimalField(
        _("employee, percent"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    employer_percent = models.DecimalField(
        _("employer, percent"), max_digits=7, decimal_places=4, default=Decimal(0)
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("rate")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "solution", "insures", "valid_from", "sex", "age_from", "wage_from"],
                name="solution_rate_once", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(employee_percent__range=(0, 100), employer_percent__range=(0, 100)),
                name="solution_rate_possible",
            ),
            models.CheckConstraint(
                condition=Q(wage_from__gte=0) & (Q(wage_to=None) | Q(wage_to__gt=F("wage_from"))),
                name="solution_rate_range",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.insures} {self.valid_from}"
