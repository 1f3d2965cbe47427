"""What endpoints of dunning tell: plans with their reasons, runs and letters."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from accounting.receivables.dunning.models import DunningNotice, DunningNoticeItem, DunningRun
from erp.api.inputs import AmountField

LARGEST_ID: Final = 10**18


class WhyOutput(serializers.Serializer[Any]):
    """A reason: a code that stays, and its sentence in the language of whoever asks."""

    code = serializers.CharField()
    text = serializers.CharField(source="*")


class OwedOutput(serializers.Serializer[Any]):
    item = serializers.IntegerField(source="owed.id")
    document = serializers.CharField(source="owed.document")
    due_date = serializers.DateField(source="owed.due_date")
    amount = AmountField(source="owed.amount")
    open = AmountField(source="owed.open")
    why = WhyOutput(many=True)


class DunnedOutput(OwedOutput):
    """An item on a letter; ``rest`` is demanded of it. Without a level: a fee of an earlier letter."""

    level = serializers.IntegerField(source="step", allow_null=True)
    netted = AmountField()
    rest = AmountField()
    days = serializers.IntegerField()
    interest = AmountField()


class NotDunnedOutput(OwedOutput):
    next_on = serializers.DateField(allow_null=True)


class CreditOutput(OwedOutput):
    used = AmountField()


class PlannedLetterOutput(serializers.Serializer[Any]):
    """All of a customer in one currency; without ``items`` there is no letter."""

    contact = serializers.IntegerField(source="customer.contact", allow_null=True)
    customer = serializers.CharField(source="customer.name")
    language = serializers.CharField(source="customer.language")
    currency = serializers.CharField()
    level = serializers.SerializerMethodField()
    sent_by = serializers.CharField(source="channel")
    pay_until = serializers.DateField(allow_null=True)
    rest = AmountField()
    fee = AmountField()
    interest = AmountField()
    interest_is_demanded = serializers.BooleanField(source="charges_interest")
    total = AmountField()
    next_on = serializers.DateField(allow_null=True)
    why = WhyOutput(many=True)
    items = DunnedOutput(many=True)
    credits = CreditOutput(many=True)
    not_dunned = NotDunnedOutput(many=True, source="others")

    def get_level(self, letter: Any) -> int | None:
        return letter.level.step if letter.level else None


class PlanOutput(serializers.Serializer[Any]):
    """What would be dunned on a day. Send ``fingerprint`` as ``seen`` to execute just this."""

    day = serializers.DateField()
    fingerprint = serializers.CharField()
    letters = PlannedLetterOutput(many=True)
    quiet = PlannedLetterOutput(many=True)


class DunningRunOutput(serializers.ModelSerializer[DunningRun]):
    status = serializers.CharField()
    letters = serializers.IntegerField()
    left_out_items = serializers.ListField(child=serializers.IntegerField())
    left_out_customers = serializers.ListField(child=serializers.IntegerField())
    has_batch = serializers.SerializerMethodField()

    class Meta:
        model = DunningRun
        fields = ("id", "date", "status", "letters", "left_out_items", "left_out_customers",
                  "created_at", "executed_at", "cancelled_at", "reason", "has_batch")  # fmt: skip

    def get_has_batch(self, run: DunningRun) -> bool:
        return run.batch_id is not None


class DunningLetterItemOutput(serializers.ModelSerializer[DunningNoticeItem]):
    """An item as it stood on the letter; of a credit, what it took off is negative."""

    item = serializers.IntegerField(source="item_id")
    level = serializers.IntegerField(source="step", allow_null=True)
    amount = AmountField()
    rest = AmountField()
    netted = AmountField()
    interest = AmountField()

    class Meta:
        model = DunningNoticeItem
        fields = ("item", "level", "document", "document_date", "due_date", "amount", "rest",
                  "netted", "days", "interest")  # fmt: skip


class DunningLetterOutput(serializers.ModelSerializer[DunningNotice]):
    run = serializers.IntegerField(source="run_id")
    contact = serializers.IntegerField(source="contact_id")
    customer = serializers.CharField(source="party")
    language = serializers.CharField()
    level = serializers.IntegerField(source="step")
    rest = AmountField()
    netted = AmountField()
    fee = AmountField()
    interest = AmountField()
    interest_is_demanded = serializers.SerializerMethodField()
    total = AmountField()
    sent_by = serializers.CharField(source="channel")
    has_pdf = serializers.SerializerMethodField()

    class Meta:
        model = DunningNotice
        fields = ("id", "run", "number", "contact", "customer", "language", "date", "level",
                  "title", "currency", "rest", "netted", "fee", "interest", "interest_is_demanded",
                  "total", "pay_until", "reference", "sent_by", "has_pdf", "cancelled_at")  # fmt: skip

    def get_interest_is_demanded(self, notice: DunningNotice) -> bool:
        return bool(notice.interest_mode == "charged")

    def get_has_pdf(self, notice: DunningNotice) -> bool:
        return notice.file_id is not None


class DunningLetterWithItems(DunningLetterOutput):
    items = DunningLetterItemOutput(many=True)

    class Meta:
        model = DunningNotice
        fields = (*DunningLetterOutput.Meta.fields, "items")
