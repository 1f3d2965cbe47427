"""The form of a VAT return (Abrechnungsformular), as endpoints tell it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from erp.api.inputs import AmountField


class VatBoxOutput(serializers.Serializer[Any]):
    """A box (Ziffer) of the form, with its name in the language of the caller."""

    box = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    amount = AmountField()


class VatRateRowOutput(serializers.Serializer[Any]):
    """Turnover and tax at one rate; ``activity`` and its ``name`` of net and flat rates."""

    box = serializers.CharField()
    activity = serializers.CharField()
    name = serializers.CharField()
    rate = AmountField()
    turnover = AmountField()
    tax = AmountField()


class VatCodeSumOutput(serializers.Serializer[Any]):
    """What counted under one code and rate, and into which boxes it goes."""

    code = serializers.CharField()
    rate = AmountField()
    activity = serializers.CharField()
    granted = AmountField(allow_null=True)
    old = serializers.BooleanField()
    net = AmountField()
    gross = AmountField()
    tax = AmountField()
    owed = AmountField()
    boxes = serializers.DictField(child=AmountField())


class VatFindingOutput(serializers.Serializer[Any]):
    """What speaks against filing, or is worth a look."""

    code = serializers.CharField()
    text = serializers.CharField()
    is_error = serializers.BooleanField()
    is_info = serializers.BooleanField()
    link = serializers.CharField()
    amount = serializers.CharField()


class VatFormOutput(serializers.Serializer[Any]):
    """The form, and the sums by code that it is made of; ``difference`` is to what was booked."""

    boxes = VatBoxOutput(many=True)
    totals = serializers.DictField(child=AmountField())
    supplies = VatRateRowOutput(many=True)
    acquisitions = VatRateRowOutput(many=True)
    sums = VatCodeSumOutput(many=True)
    payable = AmountField()
    booked = AmountField()
    difference = AmountField()
    findings = VatFindingOutput(many=True)
