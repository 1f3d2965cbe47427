"""What was posted to cost centres and cost objects, in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from erp.api.inputs import AmountField


class UnitLineOutput(serializers.Serializer[Any]):
    """A line of a posted entry; one of ``income`` and ``costs``."""

    entry = serializers.IntegerField()
    number = serializers.IntegerField()
    date = serializers.DateField()
    text = serializers.CharField()
    account = serializers.CharField()
    income = AmountField(allow_null=True)
    costs = AmountField(allow_null=True)
