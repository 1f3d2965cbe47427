"""Offers, order confirmations, invoices and credit notes, and their lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.ledger.models import Account, CostCentre, CostObject, JournalEntry
from accounting.receivables.amounts import Rounding
from accounting.receivables.lines import Kind as LineKind
from accounting.receivables.models.products import Product
from accounting.terms.models import fk
from contacts.models import Contact
from erp.companies.models import CompanyOwned, Language
from erp.documents.models import StoredFile
from erp.reference.models import ExchangeRate
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode

ROUNDINGS = [(Rounding.EACH_LINE.value, _("on each line")), (Rounding.AT_THE_END.value, _("at the end"))]  # fmt: skip


class SalesDocument(CompanyOwned):
    """An offer, order confirmation, invoice or credit note (Debitorenbeleg).

    A draft may change; issuing gives it a number, freezes it, and posts what is owed. Amounts are
    in ``currency`` and positive on every kind; a credit note is posted the other way round.
    ``base`` is ``payable`` in the company's currency. ``follows`` is what it was made from: the
    offer of an order, the invoice of a credit note. ``paper`` is what is printed, as it was when it
    was issued; ``file`` the PDF made of it, once.
    A pattern is what recurring invoices are copied from.
    """

    class Kind(models.TextChoices):
        OFFER = "offer", _("Offer")
        ORDER = "order", _("Order confirmation")
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class Status(models.TextChoices):
        PATTERN = "pattern", _("Pattern")
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")

    class Decision(models.TextChoices):
        """What became of an offer or order; open until somebody says."""

        OPEN = "", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        CLOSED = "closed", _("completed")

    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    status = models.CharField(_("state"), max_length=7, choices=Status, default=Status.DRAFT)
    number = models.CharField(_("number"), max_length=30, blank=True)
    date = models.DateField(_("date"))
    contact = fk(Contact, _("customer"))
    person = fk(Contact, _("for the attention of"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=140, blank=True)
    customer_reference = models.CharField(_("customer's reference"), max_length=40, blank=True)
    intro = models.TextField(_("above the lines"), max_length=4000, blank=True)
    closing = models.TextField(_("below the lines"), max_length=4000, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=15, decimal_places=6, null=True, blank=True
    )
    rate_source = models.CharField(
        _("source of the rate"), max_length=12, choices=ExchangeRate.Source, blank=True
    )
    rate_date = models.DateField(_("rate published on"), null=True, blank=True)
    basis = models.CharField(_("prices"), max_length=5, choices=Basis)
    rounding = models.CharField(_("amounts are rounded"), max_length=10, choices=ROUNDINGS)
    five_centimes = models.BooleanField(_("total rounded to 0.05"), default=False)
    discount_percent = models.DecimalField(
        _("rebate in percent"), max_digits=5, decimal_places=2, default=0
    )
    discount_amount = models.DecimalField(_("discount"), max_digits=15, decimal_places=2, default=0)
    supply_from = models.DateField(_("supplied from"), null=True, blank=True)
    supply_until = models.DateField(_("supplied until"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    net_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    terms_discount = models.DecimalField(
        _("discount for early payment"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    terms_discount_days = models.PositiveSmallIntegerField(
        _("discount within days"), null=True, blank=True
    )
    instalments = models.JSONField(_("instalments"), default=list, blank=True)
    bank_account = fk(BankAccount, _("bank account"), null=True, blank=True)
    is_deposit = models.BooleanField(_("deposit invoice"), default=False)
    open_amount_on_slip = models.BooleanField(_("amount left open on the QR-bill"), default=False)
    own_values = models.JSONField(_("own fields"), default=dict, blank=True)
    follows = fk("self", _("made from"), null=True, blank=True)  # type: ignore[arg-type]
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    net = models.DecimalField(_("net"), max_digits=15, decimal_places=2, default=0)
    vat = models.DecimalField(_("VAT"), max_digits=15, decimal_places=2, default=0)
    payable = models.DecimalField(_("total"), max_digits=15, decimal_places=2, default=0)
    base = models.DecimalField(_("total in the books"), max_digits=15, decimal_places=2, default=0)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    entry = fk(JournalEntry, _("journal entry"), null=True, blank=True)
    paper = models.JSONField(null=True, editable=False)
    file = fk(StoredFile, _("PDF"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued at"), null=True)
    created_at = models.DateTimeField(_("written at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    OWN_FIELDS = "document"  # the subject of its own fields

    class Meta:
        verbose_name = _("document")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "number"], name="sales_document_number_once",
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                condition=Q(status="issued", issued_at__isnull=False) & ~Q(number="")
                | ~Q(status="issued") & Q(issued_at=None, number="", entry=None, file=None),
                name="sales_document_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(is_deposit=False) | Q(kind="invoice"),
                name="sales_document_deposits_are_invoices",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="sales_document_discount_possible",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-date", "-id"], name="sales_document_by_date"),
            models.Index(
                fields=["company", "kind", "status", "-date", "-id"], name="sales_document_by_kind"
            ),
            models.Index(fields=["company", "contact", "-date"], name="sales_document_of_contact"),
            models.Index(
                fields=["company", "follows"], name="sales_document_by_origin",
                condition=Q(follows__isnull=False),
            ),
            models.Index(
                fields=["company", "entry"], name="sales_document_of_entry",
                condition=Q(entry__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return " ".join(filter(None, (self.get_kind_display(), self.number)))

    @property
    def sign(self) -> int:
        """What turns its amounts into what the customer owes."""
        return -1 if self.kind == self.Kind.CREDIT_NOTE else 1

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_issued(self) -> bool:
        return self.status == self.Status.ISSUED

    @property
    def is_claim(self) -> bool:
        """Whether issuing it posts: invoices and credit notes do."""
        return self.kind in {self.Kind.INVOICE, self.Kind.CREDIT_NOTE}


class DocumentLine(CompanyOwned):
    """A line of a document: an item, a text, or a subtotal (Position).

    ``rate`` is the VAT rate of the day of supply; ``amount`` is what is printed, after the line's
    discount. ``source`` is the line it bills a part of, ``deposit`` the deposit invoice it deducts.
    """

    document = models.ForeignKey(
        SalesDocument, on_delete=models.CASCADE, related_name="lines", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(
        _("kind"), max_length=8, default=LineKind.ITEM,
        choices=[(LineKind.ITEM.value, _("item")), (LineKind.TEXT.value, _("text")),
                 (LineKind.SUBTOTAL.value, _("subtotal"))],
    )  # fmt: skip
    product = fk(Product, _("product"), null=True, blank=True)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=4, default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    price = models.DecimalField(_("price"), max_digits=15, decimal_places=4, default=0)
    discount_percent = models.DecimalField(
        _("rebate in percent"), max_digits=5, decimal_places=2, default=0
    )
    discount_amount = models.DecimalField(_("discount"), max_digits=15, decimal_places=2, default=0)
    account = fk(Account, _("account"), null=True, blank=True)
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    rate = models.DecimalField(_("VAT rate"), max_digits=5, decimal_places=2, default=0)
    supply_from = models.DateField(_("supplied from"), null=True, blank=True)
    supply_until = models.DateField(_("supplied until"), null=True, blank=True)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=15, decimal_places=2, default=0)
    source = fk("self", _("bills a part of"), null=True, blank=True)  # type: ignore[arg-type]
    deposit = fk(SalesDocument, _("deducts the deposit"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "document", "position"], name="document_line_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "source"], name="document_line_by_source",
                condition=Q(source__isnull=False),
            ),
            models.Index(
                fields=["company", "deposit"], name="document_line_by_deposit",
                condition=Q(deposit__isnull=False),
            ),
            models.Index(
                fields=["company", "product"], name="document_line_of_product",
                condition=Q(product__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text[:60]
