"""Payment runs, what they pay, and what the bank said of it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.ledger.models import JournalEntry
from accounting.open_items.models import OpenItem
from accounting.payments.models.instructions import PayeeFields, person
from contacts.models import Contact
from erp.companies.models import CompanyOwned
from erp.documents.models import StoredFile


class PaymentRun(CompanyOwned):
    """Payments from one account in one currency (Zahlungslauf).

    ``digest`` is the SHA-256 of what was approved; ``file`` the order that was made of it once. The
    database keeps the order of states, and what a run that is no draft holds (``0008_payments.sql``).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        EXPORTED = "exported", _("exported")
        BOOKED = "booked", _("booked")
        CANCELLED = "cancelled", _("cancelled")

    class Advice(models.TextChoices):
        BANK = "", _("as agreed with the bank")
        NONE = "NOA", _("none")
        SINGLE = "SIA", _("for each payment")
        COLLECTIVE = "CND", _("in one, without details")
        WITH_DETAILS = "CWD", _("in one, with details")

    LIVE = (Status.DRAFT, Status.APPROVED, Status.EXPORTED)

    number = models.PositiveIntegerField(_("number"))
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("bank account"),
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3)
    date = models.DateField(_("execution date"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    batch = models.BooleanField(_("one debit for all"), default=True)
    is_salary = models.BooleanField(_("wages"), default=False)
    advice = models.CharField(_("debit advice"), max_length=3, choices=Advice, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = person(_("created by"))
    changed_by = person(_("changed by"), null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = person(_("approved by"), null=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    waiver = models.CharField(_("waiver"), max_length=200, blank=True)
    exported_at = models.DateTimeField(_("exported at"), null=True)
    exported_by = person(_("exported by"), null=True)
    message_id = models.CharField(_("message number"), max_length=35, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("payment file"),
    )  # fmt: skip
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancelled_by = person(_("cancelled by"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    bank_status = models.CharField(_("status at the bank"), max_length=4, blank=True)

    class Meta:
        verbose_name = _("payment run")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="payment_run_once"),
            models.UniqueConstraint(
                fields=["company", "message_id"], name="payment_message_once",
                condition=~Q(message_id=""),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "cancelled"))
                | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(digest=""),
                name="payment_run_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("exported", "booked"))
                | Q(exported_at__isnull=False, file__isnull=False) & ~Q(message_id=""),
                name="payment_run_exported_with_its_file",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "-number"], name="payment_run_newest")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class RunPayment(PayeeFields, CompanyOwned):
    """One payment of a run: an order to the bank, for one item or several of a payee.

    ``amount`` is in the run's currency. ``details_at`` and ``details_by`` say who gave the bank
    details last. ``bank_status`` and ``bank_reasons`` are what a report said; they post nothing.
    """

    run = models.ForeignKey(
        PaymentRun, on_delete=models.PROTECT, related_name="payments", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    position = models.PositiveIntegerField(_("position"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("contact"),
    )  # fmt: skip
    party = models.CharField(_("party"), max_length=140)
    date = models.DateField(_("execution date"))
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2, default=Decimal(0))
    end_to_end_id = models.CharField(_("number of the payment"), max_length=35)
    block_id = models.CharField(_("number of the block"), max_length=35, blank=True)
    details_at = models.DateTimeField(null=True)
    details_by = person(_("bank details by"), null=True)
    bank_status = models.CharField(_("status at the bank"), max_length=4, blank=True)
    bank_reasons = models.JSONField(default=list)
    booked_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True, verbose_name=_("journal entry"),
    )  # fmt: skip
    booked_on = models.DateField(_("booked on"), null=True)

    class Meta:
        verbose_name = _("payment")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "run", "position"], name="run_payment_in_order"
            ),
            models.UniqueConstraint(
                fields=["company", "end_to_end_id"], name="run_payment_end_to_end"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="run_payment_pays_something"),
        ]
        indexes = [
            models.Index(
                fields=["company", "booked_entry"], name="run_payment_of_entry",
                condition=Q(booked_entry__isnull=False),
            ),
            models.Index(fields=["company", "date", "run", "position"], name="run_payment_by_date"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.party} {self.amount}"


class RunItem(CompanyOwned):
    """What a payment settles of an item, in its currency and direction: credits are negative.

    While it ``is_live`` the item is in no other run: the database keeps that.
    """

    run = models.ForeignKey(
        PaymentRun, on_delete=models.PROTECT, related_name="items", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    payment = models.ForeignKey(
        RunPayment, on_delete=models.PROTECT, related_name="items", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    item = models.ForeignKey(
        OpenItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("open item"),
    )  # fmt: skip
    paid = models.DecimalField(_("paid"), max_digits=15, decimal_places=2)
    discount = models.DecimalField(
        _("discount"), max_digits=15, decimal_places=2, default=Decimal(0)
    )
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "item"], name="run_item_in_one_live_run",
                condition=Q(is_live=True),
            ),
            models.CheckConstraint(condition=~Q(paid=0), name="run_item_pays_something"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "run"], name="run_item_of_run"),
            models.Index(fields=["company", "payment"], name="run_item_of_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.paid}"


class PaymentReport(CompanyOwned):
    """A status report of the bank (pain.002) on a run; it posts nothing."""

    run = models.ForeignKey(
        PaymentRun, on_delete=models.PROTECT, related_name="reports", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    message_id = models.CharField(_("message number"), max_length=35)
    created = models.CharField(_("created"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=4, blank=True)
    reasons = models.JSONField(default=list)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("file"),
    )  # fmt: skip
    read_at = models.DateTimeField(_("read at"))
    read_by = person(_("read by"))

    class Meta:
        verbose_name = _("status report")
        constraints = [
            models.UniqueConstraint(fields=["company", "run", "file"], name="payment_report_once"),
        ]

    def __str__(self) -> str:
        return self.message_id
