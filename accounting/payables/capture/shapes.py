"""The inbox as endpoints tell it: documents, what was read of them, what is proposed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounting.payables.capture import keeping
from accounting.payables.capture.models import Channel, InboxDocument, State
from accounting.payables.capture.receiving import Received
from contacts.models import Contact
from erp.api.files import uploaded
from erp.api.inputs import AmountField, Input


class InboxQuery(serializers.Serializer[Any]):
    """``state`` of documents; blank: what waits to be captured."""

    state = serializers.ChoiceField(choices=[*State.choices, ("all", "all")], required=False)


class ReceiveInput(Input):
    """Files, sent as ``multipart/form-data``, each in a part called ``files``, or ``upload``: one that came in pieces.

    ``channel`` says how they came.
    """

    files = serializers.ListField(
        child=serializers.FileField(max_length=400, allow_empty_file=True),
        max_length=100,
        required=False,
    )
    upload = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    channel = serializers.ChoiceField(choices=[Channel.API, Channel.PHOTO], default=Channel.API)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        pk = told.pop("upload", None)
        told.setdefault("files", [])
        if pk is not None:
            told["files"] = [*told["files"], uploaded(self.context, pk)]
        if not told["files"]:
            raise serializers.ValidationError(
                {"files": [_("Send a file, or the id of an upload.")]}
            )
        return told


class ReasonInput(Input):
    reason = serializers.CharField(max_length=200)


class UnknownPayeeInput(Input):
    """``bill`` chooses among several of one file, from 0."""

    bill = serializers.IntegerField(required=False, min_value=0, max_value=1000)


class PayeeContactOutput(serializers.ModelSerializer[Contact]):
    """The contact that was made; its own endpoint tells the rest."""

    class Meta:
        model = Contact
        fields = ("id", "number", "name")


class InboxDocumentOutput(serializers.ModelSerializer[InboxDocument]):
    """A document; ``payee`` to ``amount`` are of its first bill. ``fault`` says why it cannot be read.

    ``bill`` is the supplier's bill it was captured as.
    """

    channel = serializers.CharField()
    state = serializers.CharField()
    received_by = serializers.CharField(source="received_by.email")
    digest = serializers.CharField(source="file.digest")
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    amount = AmountField(allow_null=True)
    fault = serializers.SerializerMethodField()

    class Meta:
        model = InboxDocument
        fields = ("id", "name", "channel", "state", "received_at", "received_by", "digest", "content_type", "size",
                  "pages", "payee", "iban", "reference", "number", "currency", "amount", "fault", "read_at",
                  "reason", "bill")  # fmt: skip

    def get_fault(self, document: InboxDocument) -> str:
        return str(keeping.refusal_restored(document.refusal) or "")


class ReceivedOutput(serializers.Serializer[Any]):
    """What became of a file: its ``document``, ``known`` if its bytes were in the inbox before, or the ``error``."""

    name = serializers.CharField()
    document = serializers.IntegerField(source="document.pk", default=None, allow_null=True)
    known = serializers.BooleanField()
    error_code = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    def get_error_code(self, one: Received) -> str:
        return one.refusal.code if one.refusal else ""

    def get_error(self, one: Received) -> str:
        return str(one.refusal or "")


class ReceivedManyOutput(serializers.Serializer[Any]):
    """All files in their order, and the job that reads the new ones; None where none is new."""

    received = ReceivedOutput(many=True)
    job = serializers.IntegerField(allow_null=True)


class CapturedPartyOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    street = serializers.CharField()
    house_number = serializers.CharField()
    postcode = serializers.CharField()
    town = serializers.CharField()
    country = serializers.CharField()


class CapturedRemarkOutput(serializers.Serializer[Any]):
    """``weight`` is error, warning or notice; ``text`` is in the language of the caller."""

    weight = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()


class CapturedVatGroupOutput(serializers.Serializer[Any]):
    rate = AmountField()
    net = AmountField(allow_null=True)
    tax = AmountField(allow_null=True)


class CapturedDiscountOutput(serializers.Serializer[Any]):
    percent = AmountField()
    days = serializers.IntegerField()
    until = serializers.DateField(allow_null=True)


class CapturedValuesOutput(serializers.Serializer[Any]):
    """What the bill says of itself; blank or null where it does not. Nets apart, amounts are with VAT."""

    source = serializers.CharField()  # type: ignore[assignment]
    number = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    net_days = serializers.IntegerField(allow_null=True)
    discounts = CapturedDiscountOutput(many=True)
    currency = serializers.CharField()
    amount = AmountField(allow_null=True)
    is_credit_note = serializers.BooleanField()
    iban = serializers.CharField()
    reference_type = serializers.CharField()
    reference = serializers.CharField()
    message = serializers.CharField()
    payee = CapturedPartyOutput(allow_null=True)
    debtor = CapturedPartyOutput(allow_null=True)
    uid = serializers.CharField()
    customer_reference = serializers.CharField()
    supply_from = serializers.DateField(allow_null=True)
    supply_until = serializers.DateField(allow_null=True)
    vat = CapturedVatGroupOutput(many=True)
    import_vat = CapturedVatGroupOutput(many=True)
    procedures = serializers.ListField(child=serializers.CharField())


class CapturedSupplierOutput(serializers.Serializer[Any]):
    """A contact that may have sent the bill, with what speaks for and against it."""

    contact = serializers.IntegerField(source="contact.pk")
    name = serializers.CharField(source="contact.name")
    weight = serializers.IntegerField()
    speaks_for = serializers.SerializerMethodField()
    speaks_against = serializers.SerializerMethodField()

    def get_speaks_for(self, one: Any) -> list[str]:
        return [reason.sentence for reason in one.speaks_for]

    def get_speaks_against(self, one: Any) -> list[str]:
        return [reason.sentence for reason in one.speaks_against]


class CapturedPastOutput(serializers.Serializer[Any]):
    account = serializers.CharField()
    vat_code = serializers.CharField()
    cost_centre = serializers.CharField()
    because = serializers.CharField()


class CapturedDuplicateOutput(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    address = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class CapturedOutput(serializers.Serializer[Any]):
    """What is proposed for a document; ``supplier`` is the contact to fill in, or null to choose.

    ``nth`` of ``bills`` QR codes of bills is the one the values are of, on ``page`` of ``pages``.
    """

    document = serializers.IntegerField(source="document.pk")
    state = serializers.CharField(source="document.state")
    pages = serializers.IntegerField()
    bills = serializers.IntegerField()
    nth = serializers.IntegerField()
    page = serializers.IntegerField()
    values = CapturedValuesOutput()  # type: ignore[assignment]
    supplier = serializers.IntegerField(source="supplier.contact.pk", default=None, allow_null=True)
    suppliers = CapturedSupplierOutput(many=True)
    past = CapturedPastOutput(allow_null=True)
    duplicates = CapturedDuplicateOutput(many=True)
    remarks = CapturedRemarkOutput(many=True)


class ProposalQuery(serializers.Serializer[Any]):
    """``bill`` chooses among several bills of one file, from 0."""

    bill = serializers.IntegerField(min_value=0, max_value=99, required=False)
