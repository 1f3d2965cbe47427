"""Lines of entries as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounting.ledger.entering import (
    TypedLine,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
)
from accounting.ledger.models import Account, CostCentre, CostObject, EntryLine
from erp.api.inputs import AmountField, DayField, Input
from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode

_REFERENCES: Final = (
    ("account", Account, "number", UnknownAccount), ("vat_code", VatCode, "code", UnknownVatCode),
    ("cost_centre", CostCentre, "number", UnknownCostUnit),
    ("cost_object", CostObject, "number", UnknownCostUnit),
)  # fmt: skip


class LineOutput(serializers.ModelSerializer[EntryLine]):
    account = serializers.CharField(source="account.number")
    debit = AmountField()
    credit = AmountField()
    amount_foreign = AmountField(allow_null=True)
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)
    cost_object = serializers.CharField(source="cost_object.number", default=None, allow_null=True)
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)
    vat_rate = AmountField(allow_null=True)
    vat_base = AmountField(allow_null=True)

    class Meta:
        model = EntryLine
        fields = ("account", "debit", "credit", "text", "currency", "amount_foreign",
                  "cost_centre", "cost_object", "vat_code", "vat_part", "vat_rate", "vat_base",
                  "supply_date")  # fmt: skip


class LineInput(Input):
    """A line as typed; with a VAT code the tax is split off as in the entry mask."""

    account = serializers.CharField(max_length=10)
    debit = AmountField(required=False, positive=True)
    credit = AmountField(required=False, positive=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    vat_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    vat_basis = serializers.ChoiceField(choices=Basis.choices, required=False)
    vat_rate = AmountField(required=False, positive=True, allow_null=True)
    supply_date = DayField(required=False, allow_null=True)
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_object = serializers.CharField(max_length=10, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    amount_foreign = AmountField(required=False, positive=True, allow_null=True)


class LinesInput(Input):
    """A body with lines, whose numbers and codes must be the company's own."""

    lines = LineInput(many=True, max_length=1000)  # type: ignore[call-arg]

    def validate_lines(self, rows: list[dict[str, Any]]) -> list[TypedLine]:
        return typed_lines(self.context["company"], rows)


def typed_lines(company: Company, rows: Sequence[dict[str, Any]]) -> list[TypedLine]:
    """Lines as told, once their numbers and codes are known; a foreign one is as unknown as any.

    Raises ``ValidationError`` with the faults of each row.
    """
    faults: list[dict[str, Any]] = [{} for _row in rows]
    for name, model, column, unknown in _REFERENCES:
        told = [str(row.get(name) or "").strip() for row in rows]
        told = [text.upper() for text in told] if model is VatCode else told
        if not any(told):
            continue
        known = set(
            model.of(company).filter(**{f"{column}__in": told}).values_list(column, flat=True)
        )
        for nth, text in enumerate(told):
            if text and text not in known:
                refusal = unknown(value=text)
                faults[nth][name] = [ErrorDetail(str(refusal), refusal.code)]
    if any(faults):
        raise serializers.ValidationError(faults)
    return [TypedLine(**{"debit": ZERO, "credit": ZERO, **row}) for row in rows]
