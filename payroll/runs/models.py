"""Runs, what is typed for a month, and slips."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

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
    the slips, and may be missing. The ``number`` comes with posting, so that there are no gaps.
    ``turn`` counts calculations: a job that was overtaken by another one writes nothing any more.
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

    number = models.PositiveIntegerField(_("number"), null=True)
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
    turn = models.PositiveIntegerField(default=0, editable=False)
    parts_left = models.PositiveSmallIntegerField(default=0, editable=False)  # of a calculation
    calculated_at = models.DateTimeField(_("calculated at"), null=True)
    calculated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    is_stale = models.BooleanField(_("changed since it was calculated"), default=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    waiver = models.CharField(max_length=8, blank=True, editable=False)  # why one person was enough
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("bank account"),
    )  # fmt: skip
    exported_at = models.DateTimeField(_("payment file made at"), null=True)

    OPEN = frozenset({Status.DRAFT, Status.APPROVED})
    BOOKED = frozenset({Status.POSTED, Status.PAID})

    class Meta:
        verbose_name = _("payroll run")
        verbose_name_plural = _("payroll runs")
        constraints = [
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
            models.CheckConstraint(
                condition=Q(number=None, entry=None) | Q(number__gt=0, entry__isnull=False),
                name="payroll_run_numbered_when_posted",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.status in self.OPEN

    @property
    def is_booked(self) -> bool:
        return self.status in self.BOOKED

    @property
    def is_correction(self) -> bool:
        return self.kind == self.Kind.CORRECTION


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
    keeps: Decimal | None = None


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


class Abroad(msgspec.Struct, frozen=True, kw_only=True):
    """What a payment abroad needs beside the account: the BIC of its bank, and where the payee lives."""

    bic: str = ""
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the payout (Auszahlung): in CHF, to an account in its short form.

    ``abroad`` is told of accounts abroad alone: digests of all others stay as they were.
    """

    iban: str
    amount: Decimal
    name: str = ""  # of the account's holder, where it is another one
    abroad: Abroad | msgspec.UnsetType = msgspec.UNSET


class SlipContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a slip keeps: what it was reckoned from (without tariffs), what came out, how it is paid.

    ``salt`` keeps its digest from being guessed. ``person`` is how the slip names its employee:
    ``name``, ``number``, ``ahv_number``, ``address`` (lines), ``function``; ``leave`` are balances by
    kind. A correcting slip is the difference of ``months`` to what was posted for them.
    """

    salt: str
    given: MonthInput
    slip: Slip
    language: str = "de"
    person: dict[str, str] = {}
    payout: tuple[Payment, ...] = ()
    leave: dict[str, str] = {}
    months: tuple[dt.date, ...] = ()


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
    paper_digest = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    findings = models.PositiveIntegerField(default=0)  # that stop the run

    class Meta:
        verbose_name = _("payslip")
        verbose_name_plural = _("payslips")
        constraints = [
            models.UniqueConstraint(fields=["company", "run", "employee"], name="payslip_once"),
        ]
        indexes = [models.Index(fields=["company", "employee", "run"], name="payslip_of_employee")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.employee_id}"


class WageOrder(Sealed, CompanyOwned):
    """A payment order of a posted run (Lohnzahlung): one debit for all, its file sealed.

    There is one for accounts in Switzerland, another one for those abroad. ``block`` and ``message``
    are how the bank names it on the statement, by which its debit is known and booked. One that was
    given up stays (``recalled_at``): the bank may have executed it after all.
    """

    run = models.ForeignKey(
        PayrollRun, on_delete=models.PROTECT, related_name="orders", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("bank account"),
    )  # fmt: skip
    date = models.DateField(_("day of execution"))
    message = models.CharField(max_length=35)
    block = models.CharField(max_length=35)
    count = models.PositiveIntegerField(_("payments"))
    total = models.DecimalField(_("total"), max_digits=15, decimal_places=2)
    file = SealedField(bytes)
    digest = models.CharField(max_length=64)  # of the file
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    booked_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True,
    )  # fmt: skip
    booked_on = models.DateField(null=True)
    recalled_at = models.DateTimeField(_("given up at"), null=True)
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("wage order")
        constraints = [
            models.UniqueConstraint(fields=["company", "block"], name="wage_order_block_once"),
            models.CheckConstraint(
                condition=Q(total__gt=0, count__gt=0), name="wage_order_pays_something"
            ),
        ]

    def __str__(self) -> str:
        return self.message
