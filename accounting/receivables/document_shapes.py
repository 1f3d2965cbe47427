"""Documents as endpoints take and tell them."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.open_items.models import OpenItem
from accounting.receivables import checking, drafting, queries
from accounting.receivables.amounts import told
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.models.documents import ROUNDINGS
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.api.inputs import AmountField, DayField, Input
from erp.companies.models import Language
from erp.core import clock
from erp.mails.models import OutgoingMail
from erp.mails.models import State as MailState
from erp.mails.queries import states_of
from vat.codes.breakdown import Basis

LARGEST_ID = 10**18
_ID: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_ID}
_MAY: dict[str, Any] = {"required": False, "allow_null": True}


class DocumentLineInput(Input):
    """A line: product, account, VAT code and cost units by number; null is as the product says."""

    kind = serializers.ChoiceField(choices=[one.value for one in Kind], default=Kind.ITEM.value)
    product = serializers.CharField(max_length=30, required=False, allow_blank=True)
    text = serializers.CharField(max_length=4000, allow_blank=True, **_MAY)
    quantity = AmountField(decimals=4, required=False)
    unit = serializers.CharField(max_length=20, allow_blank=True, **_MAY)
    price = AmountField(decimals=4, **_MAY)
    discount_percent = AmountField(required=False, positive=True)
    discount_amount = AmountField(required=False)
    account = serializers.CharField(max_length=10, allow_blank=True, **_MAY)
    vat_code = serializers.CharField(max_length=6, allow_blank=True, **_MAY)
    supply_from = DayField(**_MAY)
    supply_until = DayField(**_MAY)
    cost_centre = serializers.CharField(max_length=10, allow_blank=True, **_MAY)
    cost_object = serializers.CharField(max_length=10, allow_blank=True, **_MAY)
    source = serializers.IntegerField(**_ID, **_MAY)  # type: ignore[assignment]
    deposit = serializers.IntegerField(**_ID, **_MAY)


class DayInput(Input):
    date = DayField()


class InstalmentInput(Input):
    percent = AmountField(positive=True)
    days = serializers.IntegerField(min_value=0, max_value=3650)


class InstalmentOutput(serializers.Serializer[Any]):
    percent = serializers.CharField()
    days = serializers.IntegerField()


class DocumentInput(Input):
    """A draft, whole. What is null or left out is as the customer's terms say, or else the company."""

    kind = serializers.ChoiceField(choices=SalesDocument.Kind.choices)
    contact = serializers.IntegerField(**_ID)
    date = DayField()
    lines = DocumentLineInput(many=True, max_length=500)  # type: ignore[call-arg]
    person = serializers.IntegerField(**_ID, **_MAY)
    language = serializers.ChoiceField(choices=Language.choices, **_MAY)
    subject = serializers.CharField(max_length=140, required=False, allow_blank=True)
    customer_reference = serializers.CharField(max_length=40, required=False, allow_blank=True)
    intro = serializers.CharField(max_length=4000, allow_blank=True, **_MAY)
    closing = serializers.CharField(max_length=4000, allow_blank=True, **_MAY)
    currency = serializers.RegexField("^[A-Z]{3}$", **_MAY)
    exchange_rate = AmountField(decimals=6, positive=True, **_MAY)
    basis = serializers.ChoiceField(choices=Basis.choices, **_MAY)
    rounding = serializers.ChoiceField(choices=ROUNDINGS, **_MAY)
    five_centimes = serializers.BooleanField(**_MAY)
    discount_percent = AmountField(positive=True, **_MAY)
    discount_amount = AmountField(required=False)
    supply_from = DayField(**_MAY)
    supply_until = DayField(**_MAY)
    valid_until = DayField(**_MAY)
    net_days = serializers.IntegerField(min_value=0, max_value=3650, **_MAY)
    terms_discount = AmountField(positive=True, **_MAY)
    terms_discount_days = serializers.IntegerField(min_value=0, max_value=3650, **_MAY)
    instalments = InstalmentInput(many=True, max_length=12, **_MAY)  # type: ignore[call-arg]
    bank_account = serializers.IntegerField(**_ID, **_MAY)
    is_deposit = serializers.BooleanField(required=False)
    open_amount_on_slip = serializers.BooleanField(required=False)
    own_values = serializers.DictField(required=False)

    def typed(self, **more: Any) -> TypedDocument:
        """What was sent, as the acts take it."""
        values = dict(self.validated_data)
        values["lines"] = tuple(TypedItem(**row) for row in values["lines"])
        parts = values.get("instalments")
        if parts is not None:
            values["instalments"] = tuple((part["percent"], part["days"]) for part in parts)
        return TypedDocument(**{**values, **more})


class DocumentLineOutput(serializers.ModelSerializer[DocumentLine]):
    """A line; ``amount`` is what is printed, ``rate`` the VAT rate of the day of supply."""

    kind = serializers.CharField()
    product = serializers.CharField(source="product.number", default="")
    account = serializers.CharField(source="account.number", default="")
    vat_code = serializers.CharField(source="vat_code.code", default="")
    cost_centre = serializers.CharField(source="cost_centre.number", default="")
    cost_object = serializers.CharField(source="cost_object.number", default="")
    quantity = AmountField(decimals=4)
    price = AmountField(decimals=4)
    discount_percent = AmountField()
    discount_amount = AmountField()
    rate = AmountField()
    amount = AmountField()
    source = serializers.IntegerField(  # type: ignore[assignment]
        source="source_id", allow_null=True
    )
    deposit = serializers.IntegerField(source="deposit_id", allow_null=True)

    class Meta:
        model = DocumentLine
        fields = ("id", "kind", "product", "text", "quantity", "unit", "price", "discount_percent",
                  "discount_amount", "account", "vat_code", "rate", "supply_from", "supply_until",
                  "cost_centre", "cost_object", "amount", "source", "deposit")  # fmt: skip


class DocumentItemOutput(serializers.ModelSerializer[OpenItem]):
    """What is owed: one, or one for each instalment."""

    amount = AmountField()
    open_amount = AmountField()

    class Meta:
        model = OpenItem
        fields = ("id", "amount", "open_amount", "due_date", "reference", "settled_on")


class DocumentMailOutput(serializers.ModelSerializer[OutgoingMail]):
    """The last mail that carried a document; ``trouble`` says why it did not get out."""

    state = serializers.ChoiceField(choices=MailState.choices)
    trouble = serializers.CharField()

    class Meta:
        model = OutgoingMail
        fields = ("id", "state", "sent_at", "trouble")


class DocumentBrief(serializers.ModelSerializer[SalesDocument]):
    """A document in a list. ``state`` is where it stands today, ``open`` what is open of it.

    ``mail`` is the last mail that carried it, null where it was not mailed.
    """

    contact = serializers.IntegerField(source="contact_id")
    name = serializers.CharField(source="contact.name")
    net = AmountField()
    vat = AmountField()
    payable = AmountField()
    base = AmountField()
    state = serializers.SerializerMethodField()
    open = serializers.SerializerMethodField()
    mail = serializers.SerializerMethodField()

    class Meta:
        model = SalesDocument
        fields: tuple[str, ...] = (
            "id", "kind", "status", "state", "number", "date", "due_date", "contact", "name",
            "subject", "customer_reference", "currency", "net", "vat", "payable", "base", "open",
            "is_deposit", "mail", "version",
        )  # fmt: skip

    def get_state(self, document: SalesDocument) -> str:
        return str(self._standing(document).state.value)

    def get_open(self, document: SalesDocument) -> str:
        return f"{self._standing(document).open:.2f}"

    @extend_schema_field(DocumentMailOutput(allow_null=True))
    def get_mail(self, document: SalesDocument) -> Any:
        if not document.is_issued:
            return None
        known: dict[int, OutgoingMail] | None = self.context.get("mails")
        if known is None:
            known = states_of(self.context["company"], SalesDocument, [document.pk])
        mail = known.get(document.pk)
        return None if mail is None else DocumentMailOutput(mail).data

    def _standing(self, document: SalesDocument) -> queries.Standing:
        known: dict[int, queries.Standing] = self.context.get("standings", {})
        if document.pk in known:
            return known[document.pk]
        company = self.context["company"]
        return queries.standings(company, [document], on=clock.today())[document.pk]


class DocumentOutput(DocumentBrief):
    """A document, whole."""

    lines = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    exchange_rate = AmountField(decimals=6, allow_null=True)
    discount_percent = AmountField()
    discount_amount = AmountField()
    terms_discount = AmountField(allow_null=True)
    person = serializers.IntegerField(source="person_id", allow_null=True)
    bank_account = serializers.IntegerField(source="bank_account_id", allow_null=True)
    follows = serializers.IntegerField(source="follows_id", allow_null=True)
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    instalments = serializers.SerializerMethodField()
    own_values = serializers.DictField()

    class Meta(DocumentBrief.Meta):
        fields = (
            *DocumentBrief.Meta.fields, "person", "language", "intro", "closing", "exchange_rate",
            "rate_source", "rate_date", "basis", "rounding", "five_centimes", "discount_percent", "discount_amount",
            "supply_from", "supply_until", "valid_until", "net_days", "terms_discount",
            "terms_discount_days", "instalments", "bank_account", "open_amount_on_slip",
            "own_values", "follows", "decision", "entry", "issued_at", "lines", "items",
        )  # fmt: skip

    @extend_schema_field(DocumentLineOutput(many=True))
    def get_lines(self, document: SalesDocument) -> list[dict[str, Any]]:
        found = DocumentLineOutput(drafting.lines_of(document), many=True).data
        return cast(list[dict[str, Any]], found)

    @extend_schema_field(DocumentItemOutput(many=True))
    def get_items(self, document: SalesDocument) -> list[dict[str, Any]]:
        found = DocumentItemOutput(queries.items_of(document), many=True).data
        return cast(list[dict[str, Any]], found)

    @extend_schema_field(InstalmentOutput(many=True))
    def get_instalments(self, document: SalesDocument) -> list[dict[str, Any]]:
        return [{"percent": str(percent), "days": days} for percent, days in document.instalments]


class PreviewGroupOutput(serializers.Serializer[Any]):
    """A VAT code and rate with its sums."""

    vat_code = serializers.CharField()
    rate = AmountField()
    net = AmountField()
    vat = AmountField()
    gross = AmountField()


class DocumentPreviewOutput(serializers.Serializer[Any]):
    """What a document comes to: amounts of its lines, sums per VAT rate, totals, and why."""

    lines = serializers.ListField(child=serializers.CharField())
    groups = PreviewGroupOutput(many=True)
    net = AmountField()
    vat = AmountField()
    rounding = AmountField()
    payable = AmountField()
    currency = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())


def previewed(draft: checking.Draft) -> dict[str, Any]:
    """A draft as its preview tells it."""
    amounts = draft.amounts
    return {
        "lines": [f"{line.amount:.2f}" for line in amounts.lines], "groups": amounts.groups,
        "net": amounts.net, "vat": amounts.vat, "rounding": amounts.rounding,
        "payable": amounts.payable, "currency": amounts.currency,
        "steps": [told(step) for step in amounts.steps],
    }  # fmt: skip
