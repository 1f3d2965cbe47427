"""Runs, what is typed for a month, and slips."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.ledger.models import JournalEntry
from erp.companies.models import CompanyOwned
from erp.core.sealed import Sealed, SealedField
from payroll.employees.models import Employee
from payroll.wages.values import MonthInput, Slip


class PayrollRun(CompanyOwned):
    """The wages of a month (Lohnlauf), or a correction of one that was posted.

    Sums are not secret: they stand in the ledger once the run is posted. Until then they are of
    the slips, and may be missing.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", _("monthly run")
        CORRECTION = "correction", _("correction")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        POSTED = "posted", _("posted")
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")

    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REGULAR)
    month = models.DateField(_("month"))  # its first day
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="corrections", db_constraint=False,
        db_index=False, null=True, verbose_name=_("corrects"),
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    date = models.DateField(_("booking date"))
    pay_date = models.DateField(_("day of payment"))
    digest = models.CharField(max_length=64, blank=True, editable=False)  # of what was approved
    calculated_at = models.DateTimeField(_("calculated at"), null=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("bank account"),
    )  # fmt: skip
    exported_at = models.DateTimeField(_("payment file made at"), null=True)

    class Meta:
        verbose_name = _("payroll run")
        verbose_name_plural = _("payroll runs")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="payroll_run_of_company"),
            models.UniqueConstraint(fields=["company", "number"], name="payroll_run_number_once"),
            models.UniqueConstraint(
                fields=["company", "month"], name="payroll_run_once_a_month",
                condition=Q(kind="regular") & ~Q(status="cancelled"),
            ),
            models.CheckConstraint(
                condition=Q(kind="regular", corrects=None)
                | Q(kind="correction", corrects__isnull=False),
                name="payroll_run_corrects_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "approved", "cancelled"], entry=None)
                | Q(status__in=["posted", "paid", "cancelled"], entry__isnull=False),
                name="payroll_run_posted_by_an_entry",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed for a month: see ``payroll.wages.values.Movement``."""

    type: int
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    text: str = ""
    cost_centre: str = ""
    for_month: dt.date | None = None


class MonthlyMovement(Sealed, CompanyOwned):
    """A movement of a month (Lohnbewegung), sealed; it waits for the run of that month."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField(_("month"))
    position = models.PositiveIntegerField(default=0)
    content = SealedField(Typed)

    class Meta:
        verbose_name = _("movement")
        indexes = [models.Index(fields=["company", "month", "employee"], name="movement_of_month")]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"


class SlipContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a slip keeps: what it was reckoned from (without tariffs), what came out, how it is paid.

    ``salt`` keeps its digest from being guessed. ``names`` are the wage types' in the language of
    the slip.
    """

    salt: str
    given: MonthInput
    slip: Slip
    language: str = "de"
    payout: tuple[dict[str, Any], ...] = ()
    leave: dict[str, str] = {}


class Payslip(Sealed, CompanyOwned):
    """A person's slip of a run (Lohnabrechnung), sealed, and its paper once it is posted.

    ``digest`` is of the opened content: it may be sealed under another key, never changed, once
    the run is posted.
    """

    run = models.ForeignKey(
        PayrollRun, on_delete=models.PROTECT, related_name="slips", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    content = SealedField(SlipContent)
    digest = models.CharField(max_length=64)
    paper = SealedField(bytes, null=True)  # the PDF, once it was made
    findings = models.PositiveIntegerField(default=0)  # that stop the run

    class Meta:
        verbose_name = _("payslip")
        verbose_name_plural = _("payslips")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="payslip_of_company"),
            models.UniqueConstraint(fields=["company", "run", "employee"], name="payslip_once"),
        ]
        indexes = [models.Index(fields=["company", "employee", "run"], name="payslip_of_employee")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.employee_id}"
