"""Kinds of expenses with their flat rates, and claims with their lines."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.hours.models import Project
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.payables.models import SupplierInvoice
from accounting.terms.models import fk, person
from contacts.models import Contact
from erp.companies.models import CompanyOwned, Multilingual
from erp.documents.models import StoredFile
from payroll.employees.models import Employee
from payroll.wage_types.models import WageType
from vat.codes.models import VatCode


class ExpenseKind(CompanyOwned, Multilingual):
    """What is spent for (Spesenart): where it is booked, with which VAT, by which wage type it is paid.

    With a ``unit`` (km, day) it is a flat rate: the quantity times the rate of the day.
    """

    code = models.CharField(_("code"), max_length=10)
    account = fk(Account, _("account"))
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    wage_type = fk(WageType, _("wage type"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, blank=True)
    needs_receipt = models.BooleanField(_("needs a receipt"), default=True)
    is_off = models.BooleanField(_("switched off"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("kind of expense")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="expense_kind_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ExpenseRate(CompanyOwned):
    """What a unit comes to from a day on (Ansatz), in the company's currency."""

    kind = fk(ExpenseKind, _("kind of expense"))
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rate"), max_digits=9, decimal_places=2)

    class Meta:
        verbose_name = _("rate of expenses")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "valid_from"], name="expense_rate_once"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="expense_rate_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.rate:.2f}"


class ExpenseClaim(CompanyOwned):
    """What somebody has spent for the company, and wants back (Spesenabrechnung).

    From being handed in on it does not change, but for its state; sent back it does. ``total`` is in
    the company's currency. Booked it is a ``bill`` of creditors, paid to the ``payee``, or movements of
    the ``employee`` in a ``month`` of payroll.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("waits for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("sent back")
        BOOKED = "booked", _("booked")

    class Way(models.TextChoices):
        CREDITORS = "creditors", _("through creditors")
        PAYROLL = "payroll", _("with the wage")

    number = models.PositiveIntegerField(_("number"))
    user = person(_("person"))
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    total = models.DecimalField(_("total"), max_digits=15, decimal_places=2, default=0)
    created_at = models.DateTimeField(_("written at"))
    submitted_at = models.DateTimeField(_("handed in at"), null=True)
    decided_by = person(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("sent back because"), max_length=400, blank=True)
    way = models.CharField(_("is paid"), max_length=9, choices=Way, blank=True)
    bill = fk(SupplierInvoice, _("supplier's invoice"), null=True, blank=True)
    payee = fk(Contact, _("paid to"), null=True, blank=True)
    employee = fk(Employee, _("employee"), null=True, blank=True)
    month = models.DateField(_("month"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    CHANGEABLE = frozenset({State.DRAFT, State.REJECTED})

    class Meta:
        verbose_name = _("expense claim")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], name="expense_claim_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked")
                & Q(way="", bill=None, payee=None, employee=None, month=None)
                | Q(state="booked", way="creditors", bill__isnull=False, payee__isnull=False,
                    employee=None, month=None)
                | Q(state="booked", way="payroll", bill=None, payee=None, employee__isnull=False,
                    month__isnull=False),
                name="expense_claim_booked_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="expense_claim_decided_by_somebody",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-number"], name="expense_claim_by_number"),
            models.Index(fields=["company", "user", "-number"], name="expense_claim_of_person"),
            models.Index(fields=["company", "state", "-number"], name="expense_claim_by_state"),
            models.Index(
                fields=["company", "bill"], name="expense_claim_of_bill",
                condition=Q(bill__isnull=False),
            ),
            models.Index(
                fields=["company", "payee"], name="expense_claim_of_payee",
                condition=Q(payee__isnull=False),
            ),
            models.Index(
                fields=["company", "month"], name="expense_claim_of_month",
                condition=Q(month__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_changeable(self) -> bool:
        return self.state in self.CHANGEABLE


class ExpenseLine(CompanyOwned):
    """A receipt or a flat rate of a claim (Spesenposition).

    ``paid`` is what the receipt says, in ``currency``; ``amount`` the same in the company's currency,
    with VAT. Of a flat rate it is ``quantity`` times ``rate``.
    """

    claim = models.ForeignKey(
        ExpenseClaim, on_delete=models.CASCADE, related_name="lines", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    position = models.PositiveSmallIntegerField()
    day = models.DateField(_("day"))
    kind = fk(ExpenseKind, _("kind of expense"))
    text = models.CharField(_("text"), max_length=140, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    rate = models.DecimalField(_("rate"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    paid = models.DecimalField(_("paid"), max_digits=15, decimal_places=2)
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=15, decimal_places=6, null=True, blank=True
    )
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    project = fk(Project, _("project"), null=True, blank=True)
    file = fk(StoredFile, _("receipt"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "claim", "position"], name="expense_line_once"
            ),
            models.CheckConstraint(
                condition=Q(paid__gt=0, amount__gt=0), name="expense_line_is_something"
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.kind_id)
