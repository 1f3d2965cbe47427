"""Suppliers' invoices with their lines, who approves them, and what comes again or later."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject, JournalEntry
from accounting.terms.models import fk, person
from contacts.models import Contact
from erp.companies.models import CompanyOwned
from erp.core import rhythm
from erp.documents.models import StoredFile
from erp.reference.models import ExchangeRate
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


class SupplierInvoice(CompanyOwned):
    """An invoice or credit note of a supplier (Kreditorenbeleg).

    Amounts are in ``currency`` and positive on both kinds; a credit note is posted the other way
    round. ``date`` is the supplier's, ``booked_on`` the day of the entry. ``payable`` is what the
    bill says is to be paid; what its lines lack of it, a few centimes, is rounding. ``base`` is
    ``payable`` in the company's currency. ``payment`` says how it is to be paid, as far as that
    differs from what the supplier's contact says. From being handed in on it does not change, but
    for its state. A pattern is what recurring invoices are copied from.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class Status(models.TextChoices):
        PATTERN = "pattern", _("Pattern")
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("waits for approval")
        APPROVED = "approved", _("approved, not posted")
        POSTED = "posted", _("posted")
        REVERSED = "reversed", _("reversed")

    kind = models.CharField(_("kind"), max_length=11, choices=Kind, default=Kind.INVOICE)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.DRAFT)
    contact = fk(Contact, _("supplier"))
    number = models.CharField(_("supplier's number"), max_length=40, blank=True)
    date = models.DateField(_("date"))
    booked_on = models.DateField(_("booked on"))
    due_date = models.DateField(_("due date"))
    subject = models.CharField(_("text"), max_length=140, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=15, decimal_places=6, null=True, blank=True
    )
    rate_source = models.CharField(
        _("source of the rate"), max_length=12, choices=ExchangeRate.Source, blank=True
    )
    rate_date = models.DateField(_("rate published on"), null=True, blank=True)
    basis = models.CharField(_("amounts"), max_length=5, choices=Basis, default=Basis.GROSS)
    supply_from = models.DateField(_("supplied from"), null=True, blank=True)
    supply_until = models.DateField(_("supplied until"), null=True, blank=True)
    net_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    terms_discount = models.DecimalField(
        _("discount for early payment"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    terms_discount_days = models.PositiveSmallIntegerField(
        _("discount within days"), null=True, blank=True
    )
    instalments = models.JSONField(_("instalments"), default=list, blank=True)
    payment = models.JSONField(_("payment"), default=dict, blank=True)
    is_deposit = models.BooleanField(_("deposit invoice"), default=False)
    duplicate_confirmed = models.BooleanField(_("no duplicate"), default=False)
    follows = fk("self", _("credits"), null=True, blank=True)  # type: ignore[arg-type]
    net = models.DecimalField(_("net"), max_digits=15, decimal_places=2, default=0)
    vat = models.DecimalField(_("VAT"), max_digits=15, decimal_places=2, default=0)
    payable = models.DecimalField(_("total"), max_digits=15, decimal_places=2, default=0)
    base = models.DecimalField(_("total in the books"), max_digits=15, decimal_places=2, default=0)
    file = fk(StoredFile, _("original"), null=True, blank=True)
    entry = fk(JournalEntry, _("journal entry"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("round of approval"), default=0)
    rejected_because = models.CharField(_("sent back because"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("written at"))
    created_by = person(_("written by"))
    submitted_by = person(_("handed in by"), null=True, blank=True)
    posted_at = models.DateTimeField(_("posted at"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("supplier's invoice")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["posted", "reversed"], entry__isnull=False, posted_at__isnull=False
                )
                | Q(
                    status__in=["pattern", "draft", "submitted", "approved"],
                    entry=None,
                    posted_at=None,
                ),
                name="supplier_invoice_entered_when_posted",
            ),
            models.CheckConstraint(
                condition=Q(is_deposit=False) | Q(kind="invoice"),
                name="supplier_invoice_deposits_are_invoices",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-date", "-id"], name="supplier_invoice_by_date"),
            models.Index(
                fields=["company", "status", "-date", "-id"], name="supplier_invoice_by_state"
            ),
            models.Index(fields=["company", "contact", "-date"], name="supplier_invoice_of_contact"),
            models.Index(
                fields=["company", "entry"], name="supplier_invoice_of_entry",
                condition=Q(entry__isnull=False),
            ),
            models.Index(
                fields=["company", "follows"], name="supplier_invoice_by_origin",
                condition=Q(follows__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.get_kind_display()), self.number)))

    @property
    def sign(self) -> int:
        """What turns its amounts into what we owe."""
        return -1 if self.kind == self.Kind.CREDIT_NOTE else 1

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_posted(self) -> bool:
        return self.status == self.Status.POSTED


class Spread(models.TextChoices):
    """Whether the cost of a line is spread over the time it is for (Abgrenzung)."""

    NONE = "", _("not spread")
    YEARS = "years", _("by fiscal year")
    MONTHS = "months", _("by month")


class SupplierInvoiceLine(CompanyOwned):
    """A line of a supplier's invoice (Kontierung).

    ``amount`` is in the invoice's currency, with or without VAT as the invoice says, and may be
    negative. ``vat_amount`` is the tax as the supplier reckoned it, where that differs by rounding.
    ``deposit`` is the deposit invoice that it takes off.
    """

    invoice = models.ForeignKey(
        SupplierInvoice, on_delete=models.CASCADE, related_name="lines", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("text"), max_length=200, blank=True)
    account = fk(Account, _("account"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    rate = models.DecimalField(_("VAT rate"), max_digits=5, decimal_places=2, default=0)
    vat_amount = models.DecimalField(
        _("VAT as billed"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    supply_from = models.DateField(_("supplied from"), null=True, blank=True)
    supply_until = models.DateField(_("supplied until"), null=True, blank=True)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    spread = models.CharField(_("spread"), max_length=6, choices=Spread, blank=True)
    deposit = fk(SupplierInvoice, _("deposit"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice", "position"], name="supplier_line_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "deposit"], name="supplier_line_of_deposit",
                condition=Q(deposit__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.position} {self.text}"


class ApprovalRule(CompanyOwned):
    """Who approves which invoices (Visumsregel): from an amount on, of a cost centre or of all.

    ``from_amount`` is in the company's currency. ``deputy`` may approve in the place of ``approver``.
    """

    position = models.PositiveSmallIntegerField(_("step"), default=1)
    from_amount = models.DecimalField(_("from"), max_digits=15, decimal_places=2, default=0)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    approver = person(_("approver"))
    deputy = person(_("deputy"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule of approval")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_amount__gte=0, position__gte=1), name="approval_rule_possible"
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=models.F("approver")),
                name="approval_rule_deputy_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.approver}"


class Visa(CompanyOwned):
    """That somebody is to approve an invoice, and what they said (Visum). Kept for good."""

    class State(models.TextChoices):
        WANTED = "wanted", _("wanted")
        GIVEN = "given", _("approved")
        REFUSED = "refused", _("rejected")
        VOID = "void", _("withdrawn")

    invoice = fk(SupplierInvoice, _("supplier's invoice"))
    round = models.PositiveSmallIntegerField(_("round of approval"))
    position = models.PositiveSmallIntegerField(_("step"))
    approver = person(_("approver"))
    deputy = person(_("deputy"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WANTED)
    decided_by = person(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("visa")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice", "round", "approver"], name="visa_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["given", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(state__in=["wanted", "void"], decided_by=None, decided_at=None),
                name="visa_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "approver"], name="visa_wanted", condition=Q(state="wanted")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.approver}: {self.get_state_display()}"


class AccrualPart(CompanyOwned):
    """A part of a line's cost that belongs to a later time (aktive Abgrenzung), and its release.

    ``amount`` is net, in the company's currency, and has the sign of a debit. It stands on
    ``account`` until it is released; ``date`` is the first day it belongs to.
    """

    line = fk(SupplierInvoiceLine, _("line"))
    account = fk(Account, _("account"))
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    entry = fk(JournalEntry, _("journal entry"), null=True, blank=True)

    class Meta:
        verbose_name = _("deferred cost")
        constraints = [
            models.UniqueConstraint(fields=["company", "line", "date"], name="accrual_part_once"),
        ]
        indexes = [
            models.Index(
                fields=["company", "date"], name="accrual_part_due", condition=Q(entry=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.date}: {self.amount}"


class RecurringSupplierInvoice(CompanyOwned):
    """When a supplier's invoice comes again (wiederkehrende Kreditorenrechnung), by its pattern.

    Rent, leasing, subscriptions: the next one is dated ``next_on`` and is for the time until the
    one after it.
    """

    Unit = rhythm.Unit

    pattern = fk(SupplierInvoice, _("pattern"))
    name = models.CharField(_("name"), max_length=80)
    every = models.PositiveSmallIntegerField(_("every"), default=1)
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.MONTH)
    next_on = models.DateField(_("next on"))
    anchor_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    until = models.DateField(_("until"), null=True, blank=True)
    submits = models.BooleanField(_("handed in at once, not only drafted"), default=False)
    paused = models.BooleanField(_("paused"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("recurring supplier's invoice")
        constraints = [
            models.UniqueConstraint(fields=["company", "pattern"], name="recurring_supplier_once"),
            models.CheckConstraint(
                condition=Q(every__gte=1, anchor_day__gte=1, anchor_day__lte=31),
                name="recurring_supplier_possible",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "next_on"], name="recurring_supplier_due",
                condition=Q(paused=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> str:
        """How often, in words."""
        return rhythm.words(self.every, self.unit)
