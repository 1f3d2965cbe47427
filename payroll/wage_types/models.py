"""Wage types of a company: shipped ones, which it may change, and its own."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from erp.companies.models import CompanyOwned, Multilingual


class WageType(CompanyOwned, Multilingual):
    """What is paid or deducted (Lohnart): what it counts for, and where it is booked.

    Flags say which base an amount raises. ``of_types`` are the numbers of the wage types that a
    percentage is of. Blank accounts are those of the chart, see ``payroll.setup.accounts``.
    """

    class Kind(models.TextChoices):
        """As ``payroll.wages.kinds.Kind``."""

        EARNING = "earning", _("earning")
        BENEFIT_IN_KIND = "benefit_in_kind", _("benefit in kind")
        EMPLOYER_PAID = "employer_paid", _("paid by the employer to others")
        THIRD_PARTY = "third_party", _("paid by an insurance")
        CORRECTION = "correction", _("correction")
        BASE_ONLY = "base_only", _("counts without payment")
        FAMILY = "family", _("family allowance")
        DEDUCTION = "deduction", _("deduction")
        NET_CORRECTION = "net_correction", _("balancing of benefits")
        EXPENSE = "expense", _("expenses")
        ADVANCE = "advance", _("advance, loan, garnishment")
        INFO = "info", _("on the certificate alone")

    class Method(models.TextChoices):
        AMOUNT = "amount", _("amount")
        QUANTITY = "quantity", _("quantity × rate")
        PERCENT = "percent", _("percent of other wage types")

    class Role(models.TextChoices):
        """What the program itself needs a wage type for; one of each per company."""

        NONE = "", _("none")
        MONTHLY_WAGE = "monthly_wage", _("monthly wage")
        HOURLY_WAGE = "hourly_wage", _("hourly wage")
        LESSON_WAGE = "lesson_wage", _("wage by lessons")
        HOLIDAY_HOURLY = "holiday_hourly", _("holiday pay of hourly wages")
        HOLIDAY_LESSON = "holiday_lesson", _("holiday pay of wages by lessons")
        PUBLIC_HOURLY = "public_hourly", _("public holidays of hourly wages")
        PUBLIC_LESSON = "public_lesson", _("public holidays of wages by lessons")
        THIRTEENTH = "thirteenth", _("13th month's wage")
        THIRTEENTH_HOURLY = "thirteenth_hourly", _("13th month's wage of hourly wages")
        THIRTEENTH_LESSON = "thirteenth_lesson", _("13th month's wage of wages by lessons")
        CHILD = "child", _("child allowance")
        EDUCATION = "education", _("education allowance")
        BIRTH = "birth", _("birth allowance")
        COMPANY_CAR = "company_car", _("private share of a company car")
        BALANCE_KIND = "balance_kind", _("balancing of benefits in kind")
        BALANCE_CAR = "balance_car", _("balancing of the private share of a company car")
        BALANCE_PAID = "balance_paid", _("balancing of what was paid to others")
        AHV = "ahv", "AHV"
        ALV = "alv", "ALV"
        NBU = "nbu", _("non-occupational accidents")
        UVGZ = "uvgz", _("supplementary accident insurance")
        KTG = "ktg", _("daily sickness allowance")
        BVG = "bvg", _("pension fund")
        FAK = "fak", _("family allowance fund")
        CANTONAL = "cantonal", _("cantonal contribution")
        EXTRA = "extra", _("other contribution")
        TAX = "tax", _("withholding tax")
        TAX_CORRECTION = "tax_correction", _("correction of withholding tax")
        WORK_DAYS = "work_days", _("days of work in the month")
        WORK_DAYS_ABROAD = "work_days_abroad", _("days of work abroad in the month")

    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    role = models.CharField(_("used by the program for"), max_length=20, choices=Role, blank=True)
    method = models.CharField(
        _("amount comes from"), max_length=8, choices=Method, default=Method.AMOUNT
    )
    percent = models.DecimalField(
        _("percent"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    of_types = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, verbose_name=_("of wage types")
    )
    is_ahv = models.BooleanField("AHV", default=False)
    is_alv = models.BooleanField("ALV", default=False)
    is_uvg = models.BooleanField("UVG", default=False)
    is_uvgz = models.BooleanField("UVGZ", default=False)
    is_ktg = models.BooleanField("KTG", default=False)
    is_bvg = models.BooleanField("BVG", default=False)
    is_fak = models.BooleanField("FAK", default=False)
    is_taxed = models.BooleanField(_("withholding tax"), default=False)
    is_gross = models.BooleanField(_("gross wage"), default=False)
    is_periodic = models.BooleanField(_("periodic for withholding tax"), default=True)
    box = models.CharField(_("box of the certificate"), max_length=12, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, blank=True, verbose_name=_("account"),
    )  # fmt: skip
    is_shipped = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("wage type")
        verbose_name_plural = _("wage types")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="wage_type_once"),
            models.UniqueConstraint(
                fields=["company", "role"], condition=~Q(role=""), name="wage_type_role_once"
            ),
            models.CheckConstraint(
                condition=Q(method="percent", percent__isnull=False) & ~Q(of_types=[])
                | ~Q(method="percent"),
                name="wage_type_percent_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
