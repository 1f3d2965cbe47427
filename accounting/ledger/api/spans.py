"""What goes in and comes out of the endpoints of reports of a span."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from erp.api.inputs import AmountField, DayField


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
