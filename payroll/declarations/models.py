"""What is typed for wage certificates, and those that were issued."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned
from erp.core.sealed import Sealed, SealedField
from payroll.declarations.certificate import Certificate
from payroll.declarations.notes import Notes
from payroll.employees.models import Employee


class DeclarationSettings(CompanyOwned):
    """Who signs for certificates, and by what rule expenses are paid (Angaben zu den Meldungen); one row."""

    class ExpenseRule(models.TextChoices):
        """What box 13 refers to: the guide's rule, or a regulation that the canton approved."""

        NONE = "", _("neither")
        GUIDE = "guide", _("as the guide to the wage certificate says")
        APPROVED = "approved", _("regulation approved by the canton")

    contact_name = models.CharField(_("contact person"), max_length=80, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    expense_rule = models.CharField(
        _("expenses are paid"), max_length=8, choices=ExpenseRule, blank=True
    )
    expense_canton = models.CharField(_("canton"), max_length=2, blank=True)
    expense_date = models.DateField(_("approved on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("settings of declarations")
        constraints = [
            models.UniqueConstraint(fields=["company"], name="declaration_settings_once"),
            models.CheckConstraint(
                condition=~Q(expense_rule="approved")
                | (~Q(expense_canton="") & Q(expense_date__isnull=False)),
                name="declaration_settings_approval_told",
            ),
        ]

    def __str__(self) -> str:
        return str(_("settings of declarations"))


class CertificateNotes(Sealed, CompanyOwned):
    """What somebody typed for a person's certificate of a year, sealed."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    content = SealedField(Notes)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("notes of a wage certificate")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "employee", "year"], name="certificate_notes_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class IssuedCertificate(Sealed, CompanyOwned):
    """A wage certificate as it was issued (Lohnausweis), sealed with its PDF; it never changes.

    ``nth`` is the period of employment within the year, from 1. What was wrong is replaced by a
    rectificate: the same period with the next ``version``.
    """

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    nth = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    content = SealedField(Certificate)
    paper = SealedField(bytes)
    digest = models.CharField(max_length=64)  # of the PDF
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("wage certificate")
        verbose_name_plural = _("wage certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "year", "employee", "nth", "version"], name="certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(nth__gt=0, version__gt=0), name="certificate_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.employee_id}/{self.nth}.{self.version}"
