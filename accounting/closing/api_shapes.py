"""What the endpoints of the year-end take and tell."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.closing.asking import Standing
from accounting.closing.models import Appropriation, YearAccrual
from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, YearClosing
from accounting.ledger.year_end import Weight
from erp.api.inputs import AmountField, DayField, Input
from erp.core.money import ZERO


class YearClosingOutput(serializers.ModelSerializer[YearClosing]):
    """A closing. ``result`` and ``carried`` are profit positive; ``sha256`` is that of the balances.

    ``reopened_at`` says that it was taken back, and ``reason`` why.
    """

    result, carried = AmountField(), AmountField()
    sha256 = serializers.CharField(source="digest")
    closed_by = serializers.CharField(source="closed_by.name")
    reopened_by = serializers.CharField(source="reopened_by.name", default=None, allow_null=True)

    class Meta:
        model = YearClosing
        fields = ("id", "nth", "position", "result", "carried", "sha256", "closed_at", "closed_by",
                  "reopened_at", "reopened_by", "reason")  # fmt: skip


class YearEndOutput(serializers.ModelSerializer[FiscalYear]):
    """A fiscal year, and the closing that stands; null while it is open."""

    closing = serializers.SerializerMethodField()

    class Meta:
        model = FiscalYear
        fields = ("id", "name", "start", "end", "closing")

    @extend_schema_field(YearClosingOutput(allow_null=True))
    def get_closing(self, year: FiscalYear) -> Any:
        standing: list[YearClosing] = getattr(year, "standing", [])
        return YearClosingOutput(standing[0]).data if standing else None


class CheckEvidenceOutput(serializers.Serializer[Any]):
    """A figure: what it is, its amount in the company's currency, or a text."""

    name = serializers.CharField(source="label")
    amount = AmountField(allow_null=True)
    text = serializers.CharField()


class CheckAcceptedOutput(serializers.Serializer[Any]):
    """``is_current`` says that the figures are still those it was said to.

    ``text`` is blank for who may not see the figures.
    """

    text = serializers.CharField(source="word")
    at = serializers.DateTimeField(source="note.at")
    by = serializers.CharField(source="note.by.name")
    is_current = serializers.BooleanField()
    has_file = serializers.SerializerMethodField()

    def get_has_file(self, one: Standing) -> bool:
        return one.note is not None and one.note.file_id is not None


class YearCheckOutput(serializers.Serializer[Any]):
    """A check: ``state`` is ok, open, blocking or not_applicable. Figures only for who may see them."""

    code = serializers.CharField(source="check.code")
    title = serializers.CharField(source="check.title")
    weight = serializers.ChoiceField(source="check.weight", choices=[one.value for one in Weight])
    state = serializers.CharField()
    reason = serializers.CharField()
    evidence = CheckEvidenceOutput(many=True)
    accepted = serializers.SerializerMethodField()

    @extend_schema_field(CheckAcceptedOutput(allow_null=True))
    def get_accepted(self, one: Standing) -> Any:
        return CheckAcceptedOutput(one).data if one.note is not None else None


class CheckAcceptInput(Input):
    """Why, and with a form (multipart) the paper that proves it."""

    text = serializers.CharField(max_length=500)
    file = serializers.FileField(required=False)


class ReopenInput(Input):
    reason = serializers.CharField(max_length=500)


class ChangedBalanceOutput(serializers.Serializer[Any]):
    """Debit positive."""

    account = serializers.CharField()
    name = serializers.CharField()
    before = AmountField()
    after = AmountField()
    difference = AmountField()


class YearChangesOutput(serializers.Serializer[Any]):
    """From the closing ``since`` to the closing ``until``, or to now where that is null.

    ``entries`` counts what was posted between; the journal has them.
    """

    since = serializers.IntegerField(source="since.nth", allow_null=True, default=None)
    until = serializers.IntegerField(source="until.nth", allow_null=True, default=None)
    result = AmountField()
    entries = serializers.IntegerField()
    balances = ChangedBalanceOutput(many=True)


class YearAccrualOutput(serializers.ModelSerializer[YearAccrual]):
    """An accrual with the ids of its two entries; ``origin`` is the one that a part of is accrued."""

    fiscal_year = serializers.CharField(source="fiscal_year.name")
    account = serializers.CharField(source="account.number")
    balance_account = serializers.CharField(source="balance_account.number")
    amount = AmountField()
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)
    cost_object = serializers.CharField(source="cost_object.number", default=None, allow_null=True)

    class Meta:
        model = YearAccrual
        fields = ("id", "fiscal_year", "kind", "account", "balance_account", "amount", "text",
                  "cost_centre", "cost_object", "entry", "reversal", "origin", "is_undone")  # fmt: skip


class YearAccrualInput(Input):
    """``amount`` is without VAT; without a ``balance_account`` the one used last for the kind."""

    fiscal_year = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=YearAccrual.Kind.choices)
    account = NumberedField(Account, max_length=10)
    balance_account = NumberedField(Account, max_length=10, required=False)
    amount = AmountField()
    text = serializers.CharField(max_length=180)
    cost_centre = NumberedField(CostCentre, max_length=10, required=False)
    cost_object = NumberedField(CostObject, max_length=10, required=False)


class ProfitProposalOutput(serializers.Serializer[Any]):
    result = AmountField()
    before = AmountField()
    available = AmountField()
    statutory = AmountField()


class AppropriationOutput(serializers.ModelSerializer[Appropriation]):
    available, statutory = AmountField(), AmountField()
    voluntary, dividend = AmountField(), AmountField()

    class Meta:
        model = Appropriation
        fields = ("id", "decided_on", "available", "statutory", "voluntary", "dividend", "entry")


class UseOfProfitOutput(serializers.Serializer[Any]):
    """What there is to decide, and what was decided; ``used`` is null until then.

    ``proposal`` is null where something was decided, and there is nothing to decide any more.
    """

    proposal = ProfitProposalOutput(allow_null=True)
    used = AppropriationOutput(allow_null=True)


class AppropriationInput(Input):
    """Without an account the one used last, or the only one at its place in the balance sheet."""

    decided_on = DayField()
    statutory = AmountField(default=ZERO)
    statutory_account = NumberedField(Account, max_length=10, required=False)
    voluntary = AmountField(default=ZERO)
    voluntary_account = NumberedField(Account, max_length=10, required=False)
    dividend = AmountField(default=ZERO)
    dividend_account = NumberedField(Account, max_length=10, required=False)


class AnnualNoteOutput(serializers.Serializer[Any]):
    """``text`` is what is printed, blank where the note is left out; ``offered`` the usual text."""

    code = serializers.CharField()
    title = serializers.CharField()
    article = serializers.CharField(source="source", help_text="Of the law")
    text = serializers.CharField()
    offered = serializers.CharField()
    is_own = serializers.BooleanField()


class AnnualNoteInput(Input):
    """A null ``text`` takes the usual one again; a blank one leaves the note out."""

    code = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=8000, allow_blank=True, allow_null=True)
