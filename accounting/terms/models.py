"""What was agreed with customers and suppliers. Contacts themselves know nothing of money."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre
from contacts.models import Contact
from erp.companies.models import CompanyOwned, Multilingual
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


def fk(to: type[models.Model], label: object, **more: object) -> models.ForeignKey:  # type: ignore[type-arg]
    """A reference within the company; the migration adds the composite key."""
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", db_constraint=False,
                             db_index=False, verbose_name=label, **more)  # type: ignore[arg-type]  # fmt: skip


def person(label: object, **more: object) -> models.ForeignKey:  # type: ignore[type-arg]
    """A reference to somebody with access to the program."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
                             db_index=False, verbose_name=label, **more)  # type: ignore[arg-type]  # fmt: skip


class Instalment(NamedTuple):
    """A part of a total in percent, due within some days of the document's date."""

    percent: Decimal
    days: int


class PaymentTerms(CompanyOwned, Multilingual):
    """When a document is to be paid (Zahlungskondition), chosen by its code.

    ``discount_percent`` may be taken off within ``discount_days``. ``instalments`` are percent and
    days, such as ``["50.00", 30]``, 100 percent in all; empty where all is due after ``net_days``.
    """

    code = models.CharField(_("code"), max_length=20)
    net_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    discount_percent = models.DecimalField(
        _("discount in percent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    discount_days = models.PositiveSmallIntegerField(
        _("discount within days"), null=True, blank=True
    )
    instalments = models.JSONField(_("instalments"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="payment_terms_once"),
            models.CheckConstraint(
                condition=Q(discount_percent=None, discount_days=None)
                | Q(discount_percent__gt=0, discount_percent__lt=100, discount_days__isnull=False),
                name="payment_terms_discount_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def parts(self) -> list[Instalment]:
        """The instalments as figures."""
        return [Instalment(Decimal(percent), days) for percent, days in self.instalments]


class CustomerTerms(CompanyOwned):
    """What holds for a customer (Debitorenkonditionen); what is blank is as for all.

    ``account`` is the control account, ``income_account`` and ``vat_code`` are proposed for lines
    without a product. ``mail`` takes the place of the contact's own address for documents.
    """

    class Delivery(models.TextChoices):
        MAIL = "mail", _("by e-mail")
        PRINT = "print", _("on paper")

    contact = fk(Contact, _("contact"))
    payment_terms = fk(PaymentTerms, _("payment terms"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    basis = models.CharField(_("prices"), max_length=5, choices=Basis, blank=True)
    discount_percent = models.DecimalField(
        _("rebate in percent"), max_digits=5, decimal_places=2, default=0
    )
    credit_limit = models.DecimalField(
        _("credit limit"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    account = fk(Account, _("control account"), null=True, blank=True)
    income_account = fk(Account, _("income account"), null=True, blank=True)
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    delivery = models.CharField(
        _("documents go out"), max_length=5, choices=Delivery, default=Delivery.MAIL
    )
    mail = models.CharField(_("e-mail for documents"), max_length=254, blank=True)
    ebill = models.CharField(_("eBill: e-mail or participant"), max_length=90, blank=True)
    our_number = models.CharField(_("our supplier number there"), max_length=40, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("customer's terms")
        verbose_name_plural = _("customers' terms")
        constraints = [
            models.UniqueConstraint(fields=["company", "contact"], name="customer_terms_once"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="customer_terms_discount_possible",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact)


class SupplierTerms(CompanyOwned):
    """What holds for a supplier (Kreditorenkonditionen); what is blank is as for all.

    ``blocked`` says why nothing is paid to them for now.
    """

    contact = fk(Contact, _("contact"))
    payment_terms = fk(PaymentTerms, _("payment terms"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    account = fk(Account, _("control account"), null=True, blank=True)
    expense_account = fk(Account, _("expense account"), null=True, blank=True)
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    our_number = models.CharField(_("our customer number there"), max_length=40, blank=True)
    blocked = models.CharField(_("payments blocked because"), max_length=200, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("supplier's terms")
        verbose_name_plural = _("suppliers' terms")
        constraints = [
            models.UniqueConstraint(fields=["company", "contact"], name="supplier_terms_once"),
        ]

    def __str__(self) -> str:
        return str(self.contact)
