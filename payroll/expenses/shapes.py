"""What goes in and comes out of the endpoints of expenses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account
from accounting.open_items.api.shapes import ContactField
from erp.api.inputs import AmountField, DayField, Input, MonthField, NamedInput
from erp.core.money import RATE_DIGITS
from payroll.expenses.claiming import MOST_LINES
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseLine, ExpenseRate
from payroll.wage_types.models import WageType
from vat.codes.models import VatCode

LARGEST_ID = 2**63 - 1


class OfferedKindOutput(serializers.Serializer[Any]):
    """A kind that may be claimed; ``rate`` is what a unit of a flat rate comes to today."""

    code = serializers.CharField(source="kind.code")
    name = serializers.CharField(source="kind.name")
    unit = serializers.CharField(source="kind.unit")
    needs_receipt = serializers.BooleanField(source="kind.needs_receipt")
    rate = AmountField(allow_null=True)


class ExpenseKindOutput(serializers.ModelSerializer[ExpenseKind]):
    """Account, VAT code and wage type by number or code."""

    account = serializers.CharField(source="account.number")
    vat_code = serializers.CharField(source="vat_code.code", allow_null=True, default=None)
    wage_type = serializers.IntegerField(source="wage_type.number", allow_null=True, default=None)

    class Meta:
        model = ExpenseKind
        fields = ("id", "code", "name_de", "name_fr", "name_it", "name_en", "account", "vat_code",
                  "wage_type", "unit", "needs_receipt", "is_off", "version")  # fmt: skip


class WageTypeField(serializers.IntegerField):
    """A wage type by its number."""

    def to_internal_value(self, data: Any) -> Any:
        number = super().to_internal_value(data)
        found = WageType.of(self.context["company"]).filter(number=number).first()
        if found is None:
            raise serializers.ValidationError("There is no such wage type.", code="unknown")
        return found


class ExpenseKindInput(NamedInput):
    code = serializers.CharField(max_length=10)
    account = NumberedField(Account, max_length=10)
    vat_code = NumberedField(VatCode, by="code", max_length=10, required=False, allow_blank=True,
                             allow_null=True)  # fmt: skip
    wage_type = WageTypeField(required=False, allow_null=True, min_value=1, max_value=99999)
    unit = serializers.CharField(max_length=10, required=False, allow_blank=True)
    needs_receipt = serializers.BooleanField(required=False)
    is_off = serializers.BooleanField(required=False)


class ExpenseRateOutput(serializers.ModelSerializer[ExpenseRate]):
    kind = serializers.CharField(source="kind.code")
    rate = AmountField()

    class Meta:
        model = ExpenseRate
        fields = ("id", "kind", "valid_from", "rate")


class ExpenseRateInput(Input):
    kind = NumberedField(ExpenseKind, by="code", max_length=10)
    valid_from = DayField()
    rate = AmountField(positive=True)


class ExpenseLineOutput(serializers.ModelSerializer[ExpenseLine]):
    """``paid`` is in ``currency``, ``amount`` in the company's currency; ``receipt`` is whether there is one."""

    kind = serializers.CharField(source="kind.code")
    quantity = AmountField(allow_null=True)
    rate = AmountField(allow_null=True)
    paid = AmountField()
    exchange_rate = AmountField(decimals=RATE_DIGITS, allow_null=True)
    amount = AmountField()
    cost_centre = serializers.CharField(source="cost_centre.number", allow_null=True, default=None)
    cost_object = serializers.CharField(source="cost_object.number", allow_null=True, default=None)
    project = serializers.CharField(source="project.number", allow_null=True, default=None)
    receipt = serializers.SerializerMethodField()

    class Meta:
        model = ExpenseLine
        fields = ("id", "position", "day", "kind", "text", "quantity", "rate", "currency", "paid",
                  "exchange_rate", "amount", "cost_centre", "cost_object", "project", "receipt")  # fmt: skip

    def get_receipt(self, line: ExpenseLine) -> bool:
        return line.file_id is not None


class ExpenseClaimBrief(serializers.ModelSerializer[ExpenseClaim]):
    """``bill`` is the supplier's invoice it was booked by, ``month`` that of the wage it is paid with."""

    person = serializers.IntegerField(source="user_id")
    person_name = serializers.CharField(source="user.name")
    total = AmountField()
    bill = serializers.IntegerField(source="bill_id", allow_null=True)
    month = MonthField(allow_null=True)

    class Meta:
        model = ExpenseClaim
        fields = ("id", "number", "person", "person_name", "title", "state", "total", "created_at",
                  "submitted_at", "decided_at", "reason", "way", "bill", "month", "version")  # fmt: skip


class ExpenseClaimOutput(ExpenseClaimBrief):
    lines = serializers.SerializerMethodField()

    class Meta(ExpenseClaimBrief.Meta):
        fields = (*ExpenseClaimBrief.Meta.fields, "lines")  # type: ignore[assignment]

    @extend_schema_field(ExpenseLineOutput(many=True))
    def get_lines(self, claim: ExpenseClaim) -> Any:
        from payroll.expenses.claiming import lines_of

        return ExpenseLineOutput(lines_of(claim), many=True).data


class ExpenseLineInput(Input):
    """``line`` is the one it takes the place of, by id; its receipt is kept."""

    kind = serializers.CharField(max_length=10)
    day = DayField()
    paid = AmountField(required=False, allow_null=True, positive=True)
    text = serializers.CharField(max_length=140, required=False, allow_blank=True)
    quantity = AmountField(required=False, allow_null=True, positive=True)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    exchange_rate = AmountField(
        decimals=RATE_DIGITS, required=False, allow_null=True, positive=True
    )
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_object = serializers.CharField(max_length=10, required=False, allow_blank=True)
    project = serializers.CharField(max_length=10, required=False, allow_blank=True)
    line = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_ID
    )


class ExpenseClaimInput(Input):
    title = serializers.CharField(max_length=120)
    lines = serializers.ListField(child=ExpenseLineInput(), max_length=MOST_LINES)


class ClaimsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ExpenseClaim.State.choices, required=False)
    since = DayField(required=False)
    until = DayField(required=False)


class AllClaimsQuery(ClaimsQuery):
    person = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class ApproveClaimInput(Input):
    """``version`` is the one that was seen."""

    version = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


class RejectClaimInput(ApproveClaimInput):
    reason = serializers.CharField(max_length=400)


class BookClaimInput(Input):
    """As a bill of ``date``, paid to ``contact`` (by id; by default as the last time)."""

    date = DayField()
    contact = ContactField(required=False, allow_null=True)


class PayWithWageInput(Input):
    month = MonthField()
