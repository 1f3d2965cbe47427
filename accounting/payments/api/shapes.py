"""What endpoints of payments tell."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.payments.checking import checked
from accounting.payments.models import (
    PayeeAccount,
    PaymentInstruction,
    PaymentReport,
    PaymentRun,
)
from accounting.payments.words import reasons_in_words, status_in_words
from erp.api.inputs import AmountField
from erp.api.paging import PageOutput

LARGEST_ID: Final = 10**18
DETAILS: Final = ("payee", "street", "house_number", "postcode", "town", "country", "account", "is_iban",
                  "bic", "bank", "reference_kind", "reference", "message", "charges")  # fmt: skip


class PaymentReasonOutput(serializers.Serializer[Any]):
    """A code that stays, and its sentence in the language of whoever asks."""

    code = serializers.CharField()
    text = serializers.CharField(source="*")


class PayeeDetailsOutput(serializers.Serializer[Any]):
    payee = serializers.CharField()
    street = serializers.CharField()
    house_number = serializers.CharField()
    postcode = serializers.CharField()
    town = serializers.CharField()
    country = serializers.CharField()
    account = serializers.CharField()
    is_iban = serializers.BooleanField()
    bic = serializers.CharField()
    bank = serializers.CharField()
    reference_kind = serializers.CharField()
    reference = serializers.CharField()
    message = serializers.CharField()
    charges = serializers.CharField()


class ProposedItemOutput(serializers.Serializer[Any]):
    item = serializers.IntegerField(source="owed.id")
    party = serializers.CharField(source="owed.party")
    document = serializers.CharField(source="owed.document")
    due_date = serializers.DateField(source="owed.due_date")
    open = AmountField(source="owed.open_amount")
    paid = AmountField()
    discount = AmountField()


class ProposedPaymentOutput(serializers.Serializer[Any]):
    amount = AmountField()
    message = serializers.CharField()
    details = PayeeDetailsOutput()
    items = ProposedItemOutput(many=True)
    warnings = PaymentReasonOutput(many=True)


class NotPaidOutput(serializers.Serializer[Any]):
    item = serializers.IntegerField(source="owed.id")
    party = serializers.CharField(source="owed.party")
    document = serializers.CharField(source="owed.document")
    open = AmountField(source="owed.open_amount")
    why = PaymentReasonOutput(many=True)


class PaymentProposalOutput(serializers.Serializer[Any]):
    """What would be paid, in the run's currency; ``balance`` and ``left`` are null in another one."""

    date = serializers.DateField()
    until = serializers.DateField()
    currency = serializers.CharField()
    total = AmountField()
    discount = AmountField()
    balance = AmountField(allow_null=True)
    left = AmountField(allow_null=True)
    payments = ProposedPaymentOutput(many=True)
    not_paid = NotPaidOutput(many=True, source="others")


class RunItemOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    item = serializers.IntegerField(source="item_id")
    document = serializers.CharField(source="item.document")
    paid = AmountField()
    discount = AmountField()
    is_live = serializers.BooleanField()


class RunPaymentOutput(serializers.Serializer[Any]):
    """A payment of a run; ``faults`` keep it from going out, ``warnings`` are to be looked at."""

    id = serializers.IntegerField(source="payment.pk")
    position = serializers.IntegerField(source="payment.position")
    party = serializers.CharField(source="payment.party")
    date = serializers.DateField(source="payment.date")
    amount = AmountField(source="payment.amount")
    end_to_end_id = serializers.CharField(source="payment.end_to_end_id")
    details = PayeeDetailsOutput(source="payment")
    items = RunItemOutput(many=True)
    faults = PaymentReasonOutput(many=True)
    warnings = PaymentReasonOutput(many=True)
    bank_status = serializers.CharField(source="payment.bank_status")
    bank_says = serializers.SerializerMethodField()
    booked_on = serializers.DateField(source="payment.booked_on", allow_null=True)

    def get_bank_says(self, row: Any) -> list[str]:
        payment = row.payment
        said = [status_in_words(payment.bank_status)] if payment.bank_status else []
        return said + reasons_in_words(payment.bank_reasons)


class PaymentRunOutput(serializers.ModelSerializer[PaymentRun]):
    """A run. Send ``digest`` as ``seen`` to approve just this."""

    bank_account = serializers.IntegerField(source="bank_account_id")
    count = serializers.IntegerField()
    total = AmountField()
    status = serializers.CharField()
    created_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    file_digest = serializers.CharField(source="file.digest", default=None, allow_null=True)

    class Meta:
        model = PaymentRun
        fields = ("id", "number", "bank_account", "currency", "date", "status", "batch", "is_salary",
                  "advice", "count", "total", "created_at", "created_by", "approved_at", "approved_by",
                  "digest", "waiver", "exported_at", "message_id", "file_digest", "bank_status",
                  "reason")  # fmt: skip


class PaymentRunWithPayments(PaymentRunOutput):
    payments = serializers.SerializerMethodField()

    class Meta(PaymentRunOutput.Meta):
        fields = (*PaymentRunOutput.Meta.fields, "payments")  # type: ignore[assignment]

    @extend_schema_field(RunPaymentOutput(many=True))
    def get_payments(self, run: PaymentRun) -> Any:
        return RunPaymentOutput(checked(run), many=True).data


class PayeeAccountOutput(serializers.ModelSerializer[PayeeAccount]):
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    status = serializers.CharField()
    changed_by = serializers.CharField()

    class Meta:
        model = PayeeAccount
        fields = ("id", "contact", "party", "account", "before", "status", "changed_at", "changed_by",
                  "decided_at")  # fmt: skip


class PaymentInstructionOutput(serializers.ModelSerializer[PaymentInstruction]):
    item = serializers.IntegerField(source="item_id")
    reference_kind = serializers.CharField()

    class Meta:
        model = PaymentInstruction
        fields = ("item", *DETAILS, "blocked", "changed_at")


class PaymentSettingsOutput(serializers.Serializer[Any]):
    """Whether runs need two people, and who asked to do without."""

    four_eyes = serializers.BooleanField()
    off_asked_by = serializers.CharField(allow_null=True)
    off_asked_at = serializers.DateTimeField(allow_null=True)
    off_by = serializers.CharField(allow_null=True)
    off_at = serializers.DateTimeField(allow_null=True)


class PaidOutput(serializers.Serializer[Any]):
    """A payment that went to the bank."""

    date = serializers.DateField(source="payment.date")
    run = serializers.IntegerField(source="run.number")
    payee = serializers.CharField(source="payment.payee")
    account = serializers.CharField(source="payment.account")
    documents = serializers.CharField()
    currency = serializers.CharField(source="run.currency")
    amount = AmountField(source="payment.amount")
    discount = AmountField()
    booked_on = serializers.DateField(source="payment.booked_on", allow_null=True)
    bank_status = serializers.CharField(source="payment.bank_status")


class PaidTotalOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount = AmountField()


class PaidPageOutput(PageOutput):
    """``totals`` are those of all pages, by currency."""

    totals = PaidTotalOutput(many=True)
    results = PaidOutput(many=True)


class BankReasonOutput(serializers.Serializer[Any]):
    """A reason as the bank told it: a code of ISO 20022 and a text, either may be blank."""

    code = serializers.CharField()
    text = serializers.CharField()


class PaymentReportOutput(serializers.ModelSerializer[PaymentReport]):
    """A status report of the bank (pain.002); ``reasons`` as the bank told them."""

    reasons = BankReasonOutput(many=True)
    read_by = serializers.CharField(source="read_by.email")

    class Meta:
        model = PaymentReport
        fields = ("id", "message_id", "created", "status", "reasons", "read_at", "read_by")
