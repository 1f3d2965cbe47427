"""What goes in and comes out of the endpoints of reports of a span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounting.ledger.spans import TurnoverRow
from accounting.ledger.vat_journal import VatRow, vat_totals
from erp.api.inputs import AmountField, DayField
from erp.api.paging import PageOutput
from erp.core.money import ZERO


class SpanQuery(serializers.Serializer[Any]):
    since = DayField()
    until = DayField()

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not told["since"] <= told["until"] <= told["since"] + dt.timedelta(days=3660):
            raise serializers.ValidationError({"until": ["Send a span of at most ten years."]})
        return told


class TurnoverOutput(serializers.Serializer[Any]):
    """Without VAT, in the company's currency; ``before`` is the same time a year before."""

    key = serializers.IntegerField(allow_null=True)
    number = serializers.CharField()
    name = serializers.CharField()
    amount = AmountField()
    before = AmountField()
    count = AmountField(decimals=4)


class TurnoverPageOutput(PageOutput):
    """``amount`` and ``before`` add up all pages."""

    amount = AmountField()
    before = AmountField()
    results = TurnoverOutput(many=True)


class MonthOutput(serializers.Serializer[Any]):
    month = serializers.DateField()
    amount = AmountField()
    before = AmountField()


class VatRowOutput(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    date = serializers.DateField()
    number = serializers.IntegerField()
    voucher = serializers.CharField()
    text = serializers.CharField()
    code = serializers.CharField()
    rate = AmountField()
    supply_date = serializers.DateField()
    net = AmountField()
    tax = AmountField()


class VatTotalOutput(serializers.Serializer[Any]):
    """What a VAT journal comes to under a code and a rate."""

    code = serializers.CharField()
    rate = AmountField()
    net = AmountField()
    tax = AmountField()


def turnover_beside(rows: Sequence[TurnoverRow]) -> dict[str, Decimal]:
    """What stands beside a page of turnover."""
    return {
        "amount": sum((row.amount for row in rows), ZERO),
        "before": sum((row.before for row in rows), ZERO),
    }


def vat_beside(rows: Sequence[VatRow]) -> dict[str, Any]:
    """What stands beside a page of a VAT journal."""
    names = ("code", "rate", "net", "tax")
    return {"totals": [dict(zip(names, one, strict=True)) for one in vat_totals(rows)]}


def vat_row(row: VatRow) -> str:
    """What a row of a VAT journal is, for pages."""
    return f"{row.entry} {row.code} {row.rate} {row.supply_date}"
