"""Suppliers' invoices as programs read and write them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.open_items.models import OpenItem
from accounting.payables import capturing
from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import (
    ApprovalRule,
    RecurringSupplierInvoice,
    Spread,
    SupplierInvoice,
    SupplierInvoiceLine,
    Visa,
)
from accounting.payables.reckoning import amounts_of, lines_of
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from erp.api.inputs import AmountField, DayField, Input
from vat.codes.breakdown import Basis

LARGEST_ID = 2**63 - 1
_ID: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_ID}
_MAY: dict[str, Any] = {"required": False, "allow_null": True}
_BLANK: dict[str, Any] = {"required": False, "allow_blank": True}


class PurchaseLineInput(Input):
    """A line; accounts, codes and cost units by number. What is null is as the supplier's terms say;
    a blank VAT code is none."""

    amount = AmountField()
    text = serializers.CharField(max_length=200, **_BLANK)
    account = serializers.CharField(max_length=20, **_MAY)
    vat_code = serializers.CharField(max_length=20, allow_blank=True, **_MAY)
    vat_amount = AmountField(**_MAY)
    supply_from = DayField(**_MAY)
    supply_until = DayField(**_MAY)
    cost_centre = serializers.CharField(max_length=20, allow_blank=True, **_MAY)
    cost_object = serializers.CharField(max_length=20, allow_blank=True, **_MAY)
    spread = serializers.ChoiceField(choices=Spread.choices, **_BLANK)
    deposit = serializers.IntegerField(**_ID, **_MAY)


class PayeeInput(Input):
    """A structured address, where it is not the supplier's."""

    name = serializers.CharField(max_length=70, **_BLANK)
    street = serializers.CharField(max_length=70, **_BLANK)
    house_no = serializers.CharField(max_length=16, **_BLANK)
    postcode = serializers.CharField(max_length=16, **_BLANK)
    town = serializers.CharField(max_length=35, **_BLANK)
    country = serializers.CharField(max_length=2, **_BLANK)


class PurchasePaymentInput(Input):
    """How it is to be paid; ``blocked`` says why it is not."""

    iban = serializers.CharField(max_length=42, **_BLANK)
    reference = serializers.CharField(max_length=40, **_BLANK)
    message = serializers.CharField(max_length=140, **_BLANK)
    payee = PayeeInput(required=False)
    blocked = serializers.CharField(max_length=200, **_BLANK)


class PurchaseInstalmentInput(Input):
    percent = AmountField(positive=True)
    days = serializers.IntegerField(min_value=0, max_value=999)


class SupplierInvoiceInput(Input):
    """A draft, whole. What is null or left out is as the supplier's terms say. ``document`` is the one of
    the inbox that it is captured from."""

    kind = serializers.ChoiceField(choices=SupplierInvoice.Kind.choices, default="invoice")
    contact = serializers.IntegerField(**_ID)
    date = DayField()
    lines = PurchaseLineInput(many=True, max_length=300)  # type: ignore[call-arg]
    number = serializers.CharField(max_length=40, **_BLANK)
    booked_on = DayField(**_MAY)
    due_date = DayField(**_MAY)
    subject = serializers.CharField(max_length=140, **_BLANK)
    currency = serializers.RegexField("^[A-Z]{3}$", **_MAY)
    exchange_rate = AmountField(decimals=6, positive=True, **_MAY)
    basis = serializers.ChoiceField(choices=Basis.choices, **_MAY)
    payable = AmountField(**_MAY)
    supply_from = DayField(**_MAY)
    supply_until = DayField(**_MAY)
    net_days = serializers.IntegerField(min_value=0, max_value=999, **_MAY)
    terms_discount = AmountField(positive=True, **_MAY)
    terms_discount_days = serializers.IntegerField(min_value=0, max_value=999, **_MAY)
    instalments = PurchaseInstalmentInput(many=True, max_length=36, **_MAY)  # type: ignore[call-arg]
    payment = PurchasePaymentInput(required=False)
    is_deposit = serializers.BooleanField(required=False)
    duplicate_confirmed = serializers.BooleanField(required=False)
    follows = serializers.IntegerField(**_ID, **_MAY)
    document = serializers.IntegerField(**_ID, **_MAY)

    def validate_document(self, pk: int | None) -> int | None:
        if pk is not None and not InboxDocument.of(self.context["company"]).filter(pk=pk).exists():
            raise serializers.ValidationError(_("There is no such record."), code="unknown")
        return pk

    def typed(self, **more: Any) -> TypedInvoice:
        """What was sent, as the acts take it."""
        values = dict(self.validated_data)
        values.pop("document", None)
        values["lines"] = tuple(TypedLine(**row) for row in values["lines"])
        parts = values.get("instalments")
        if parts is not None:
            values["instalments"] = tuple((part["percent"], part["days"]) for part in parts)
        if "payment" in values:
            values["payment"] = Payment(**values["payment"])
        return TypedInvoice(**{**values, **more})


class PurchaseLineOutput(serializers.ModelSerializer[SupplierInvoiceLine]):
    """A line; ``net`` and ``tax`` are what its amount comes to, ``rate`` that of the day of supply."""

    account = serializers.CharField(source="account.number", default="")
    vat_code = serializers.CharField(source="vat_code.code", default="")
    cost_centre = serializers.CharField(source="cost_centre.number", default="")
    cost_object = serializers.CharField(source="cost_object.number", default="")
    amount = AmountField()
    rate = AmountField()
    vat_amount = AmountField(allow_null=True)
    deposit = serializers.IntegerField(source="deposit_id", allow_null=True)
    spread = serializers.CharField()

    class Meta:
        model = SupplierInvoiceLine
        fields = ("id", "text", "account", "amount", "vat_code", "rate", "vat_amount", "supply_from",
                  "supply_until", "cost_centre", "cost_object", "spread", "deposit")  # fmt: skip


class PurchaseItemOutput(serializers.ModelSerializer[OpenItem]):
    """What is owed: one, or one for each instalment."""

    amount = AmountField()
    open_amount = AmountField()

    class Meta:
        model = OpenItem
        fields = ("id", "amount", "open_amount", "due_date", "discount_percent", "discount_until",
                  "reference", "settled_on")  # fmt: skip


class VisaOutput(serializers.ModelSerializer[Visa]):
    """Who is to approve an invoice, and what they said."""

    approver = serializers.CharField()
    deputy = serializers.CharField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    state = serializers.CharField()

    class Meta:
        model = Visa
        fields = ("id", "round", "position", "approver", "deputy", "state", "decided_by",
                  "decided_at", "reason")  # fmt: skip


class VatGroupOutput(serializers.Serializer[Any]):
    """What is taxed by one code and rate, and the tax."""

    vat_code = serializers.CharField()
    rate = AmountField()
    net = AmountField()
    vat = AmountField()


class SupplierInvoiceBrief(serializers.ModelSerializer[SupplierInvoice]):
    """An invoice as lists have it."""

    kind = serializers.CharField()
    status = serializers.CharField()
    contact = serializers.IntegerField(source="contact_id")
    supplier = serializers.CharField(source="contact.name")
    net = AmountField()
    vat = AmountField()
    payable = AmountField()
    entry = serializers.IntegerField(source="entry_id", allow_null=True)

    class Meta:
        model = SupplierInvoice
        fields = ("id", "kind", "status", "number", "date", "booked_on", "due_date", "contact",
                  "supplier", "subject", "currency", "net", "vat", "payable", "entry",
                  "version")  # fmt: skip


class PurchaseInstalmentOutput(serializers.Serializer[Any]):
    percent = serializers.CharField()
    days = serializers.IntegerField()


@extend_schema_field(PurchasePaymentInput)
class PurchasePaymentField(serializers.DictField):
    """How it is to be paid, as it was sent; what is left out is as the supplier's contact says."""


class SupplierInvoiceOutput(SupplierInvoiceBrief):
    """An invoice whole: lines, what is owed, visas, and the document it was captured from."""

    base = AmountField()
    exchange_rate = AmountField(decimals=6, allow_null=True)
    basis = serializers.CharField()
    terms_discount = AmountField(allow_null=True)
    follows = serializers.IntegerField(source="follows_id", allow_null=True)
    payment = PurchasePaymentField()  # type: ignore[assignment]
    instalments = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()
    vat_groups = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    visas = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()

    class Meta:
        model = SupplierInvoice
        fields = (
            *SupplierInvoiceBrief.Meta.fields, "base", "exchange_rate", "rate_source",
            "rate_date", "basis", "supply_from", "supply_until", "net_days", "terms_discount",
            "terms_discount_days", "instalments",
            "payment", "is_deposit", "follows", "rejected_because", "lines", "vat_groups", "items",
            "visas", "document",
        )  # fmt: skip

    @extend_schema_field(PurchaseInstalmentOutput(many=True))
    def get_instalments(self, one: SupplierInvoice) -> list[dict[str, Any]]:
        return [{"percent": str(percent), "days": days} for percent, days in one.instalments]

    @extend_schema_field(PurchaseLineOutput(many=True))
    def get_lines(self, one: SupplierInvoice) -> list[dict[str, Any]]:
        return [dict(row) for row in PurchaseLineOutput(lines_of(one), many=True).data]

    @extend_schema_field(VatGroupOutput(many=True))
    def get_vat_groups(self, one: SupplierInvoice) -> list[dict[str, Any]]:
        groups = amounts_of(one, lines_of(one)).groups
        return [{"vat_code": g.code, "rate": f"{g.rate}", "net": f"{g.net}", "vat": f"{g.vat}"}
                for g in groups if g.code]  # fmt: skip

    @extend_schema_field(PurchaseItemOutput(many=True))
    def get_items(self, one: SupplierInvoice) -> list[dict[str, Any]]:
        rows = (
            OpenItem.of(one.company_id).filter(entry=one.entry_id or 0).order_by("due_date", "pk")
        )
        return [dict(row) for row in PurchaseItemOutput(rows, many=True).data]

    @extend_schema_field(VisaOutput(many=True))
    def get_visas(self, one: SupplierInvoice) -> list[dict[str, Any]]:
        rows = Visa.of(one.company_id).filter(invoice=one).order_by("-round", "position", "pk")
        return [dict(row) for row in VisaOutput(
            rows.select_related("approver", "deputy", "decided_by"), many=True).data]  # fmt: skip

    def get_document(self, one: SupplierInvoice) -> int | None:
        found = capturing.document_of(one)
        return found.pk if found else None


class SupplierInvoicePreviewOutput(serializers.Serializer[Any]):
    """A draft reckoned, not stored, and what it may be once more."""

    net = AmountField()
    vat = AmountField()
    payable = AmountField()
    due_date = serializers.DateField()
    currency = serializers.CharField()
    duplicates = serializers.ListField(child=serializers.CharField())


class ApprovalRuleInput(Input):
    position = serializers.IntegerField(min_value=1, max_value=99, default=1)
    from_amount = AmountField(default="0.00")
    cost_centre = serializers.CharField(max_length=20, allow_blank=True, **_MAY)
    approver = serializers.IntegerField(**_ID)
    deputy = serializers.IntegerField(**_ID, **_MAY)


class ApprovalRuleOutput(serializers.ModelSerializer[ApprovalRule]):
    from_amount = AmountField()
    cost_centre = serializers.CharField(source="cost_centre.number", default="")
    approver = serializers.IntegerField(source="approver_id")
    deputy = serializers.IntegerField(source="deputy_id", allow_null=True)

    class Meta:
        model = ApprovalRule
        fields = ("id", "position", "from_amount", "cost_centre", "approver", "deputy")


RECURRING = ("name", "every", "unit", "next_on", "until", "submits", "paused")


class RecurringPurchaseInput(Input):
    """When an invoice comes again, and the invoice itself; its number and dates are set by the run."""

    name = serializers.CharField(max_length=80)
    every = serializers.IntegerField(min_value=1, max_value=60, default=1)
    unit = serializers.ChoiceField(choices=RecurringSupplierInvoice.Unit.choices, default="month")
    next_on = DayField()
    until = DayField(**_MAY)
    submits = serializers.BooleanField(default=False)
    paused = serializers.BooleanField(default=False)
    invoice = SupplierInvoiceInput()


class RecurringPurchaseBrief(serializers.ModelSerializer[RecurringSupplierInvoice]):
    """Without its invoice, which ``supplier`` is the sender of, by name."""

    supplier = serializers.CharField(source="pattern.contact.name")

    class Meta:
        model = RecurringSupplierInvoice
        fields = ("id", *RECURRING, "supplier", "version")


class RecurringPurchaseOutput(serializers.ModelSerializer[RecurringSupplierInvoice]):
    invoice = serializers.SerializerMethodField()

    class Meta:
        model = RecurringSupplierInvoice
        fields = ("id", *RECURRING, "invoice", "version")

    @extend_schema_field(SupplierInvoiceOutput)
    def get_invoice(self, one: RecurringSupplierInvoice) -> dict[str, Any]:
        return dict(SupplierInvoiceOutput(one.pattern, context=self.context).data)
