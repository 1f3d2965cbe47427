"""What endpoints of runs tell."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from erp.api.inputs import AmountField
from payroll.runs.models import PayrollRun, WageOrder

LARGEST_ID: Final = 10**18


class WageOrderOutput(serializers.ModelSerializer[WageOrder]):
    """A payment order; its file is fetched by ``orders/{order}``. With ``recalled_at`` it was given up."""

    bank_account = serializers.IntegerField(source="bank_account_id")
    total = AmountField()

    class Meta:
        model = WageOrder
        fields = ("id", "message", "block", "bank_account", "date", "count", "total", "digest", "made_at",
                  "booked_on", "recalled_at")  # fmt: skip


class PayrollRunOutput(serializers.ModelSerializer[PayrollRun]):
    """A run. Send ``digest_now`` as ``seen`` to approve just this; ``stopped`` slips need a correction."""

    kind = serializers.CharField()
    status = serializers.CharField()
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    people = serializers.IntegerField()
    stopped = serializers.IntegerField()
    created_by = serializers.CharField()
    calculated_by = serializers.CharField(allow_null=True)
    approved_by = serializers.CharField(allow_null=True)

    class Meta:
        model = PayrollRun
        fields = ("id", "number", "kind", "month", "corrects", "status", "date", "pay_date", "people",
                  "stopped", "is_stale", "created_at", "created_by", "calculated_at", "calculated_by",
                  "approved_at", "approved_by", "digest", "waiver", "entry", "exported_at",
                  "reason")  # fmt: skip


class RunFindingOutput(serializers.Serializer[Any]):
    """A code that stays, its sentence, and whether it stops the run."""

    code = serializers.CharField()
    text = serializers.CharField()
    stops = serializers.BooleanField()


class RunPersonOutput(serializers.Serializer[Any]):
    """A person of a run, in CHF; ``change`` is that of the net wage against the last regular slip."""

    slip = serializers.IntegerField(source="slip.pk")
    employee = serializers.IntegerField(source="slip.employee_id")
    number = serializers.CharField()
    name = serializers.CharField()
    gross = AmountField()
    deductions = AmountField()
    net = AmountField()
    payout = AmountField()
    employer = AmountField()
    change = AmountField(allow_null=True)
    findings = RunFindingOutput(many=True)


class RunTotalsOutput(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    gross = AmountField()
    net = AmountField()
    payout = AmountField()
    employer = AmountField()
    cost = AmountField()


class RunTypeTotalOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    quantity = AmountField(decimals=4)
    amount = AmountField()
    people = serializers.IntegerField()
    paid = serializers.BooleanField()


class RunChargeTotalOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    insured = AmountField()
    employee = AmountField()
    employer = AmountField()


class RunRecapOutput(serializers.Serializer[Any]):
    """Totals of a run by wage type and insurance; nobody is named."""

    totals = RunTotalsOutput()
    types = RunTypeTotalOutput(many=True)
    charges = RunChargeTotalOutput(many=True)


class PayrollRunWhole(serializers.Serializer[Any]):
    """A run with its people and payment orders."""

    run = PayrollRunOutput()
    digest_now = serializers.CharField()
    totals = RunTotalsOutput()
    people = RunPersonOutput(many=True)
    orders = WageOrderOutput(many=True)


class SlipLineOutput(serializers.Serializer[Any]):
    """A line; ``amount`` is positive where it is paid to the employee. ``why`` are sentences."""

    type = serializers.IntegerField(source="line.type")
    name = serializers.CharField(source="line.name")
    text = serializers.CharField(source="line.text")
    quantity = AmountField(source="line.quantity", decimals=4, allow_null=True)
    rate = AmountField(source="line.rate", decimals=4, allow_null=True)
    base = AmountField(source="line.base", allow_null=True)
    percent = AmountField(source="line.percent", decimals=4, allow_null=True)
    amount = AmountField(source="line.amount")
    paid = serializers.BooleanField(source="line.paid")
    for_month = serializers.DateField(source="line.for_month", allow_null=True)
    why = serializers.ListField(child=serializers.CharField())


class SlipChargeOutput(serializers.Serializer[Any]):
    insurance = serializers.CharField(source="charge.insurance.value")
    code = serializers.CharField(source="charge.code")
    canton = serializers.CharField(source="charge.canton")
    wages = AmountField(source="charge.wages")
    insured = AmountField(source="charge.insured")
    employee = AmountField(source="charge.employee")
    employer = AmountField(source="charge.employer")
    why = serializers.ListField(child=serializers.CharField())


class SlipTaxOutput(serializers.Serializer[Any]):
    month = serializers.DateField(source="tax.month")
    canton = serializers.CharField(source="tax.canton")
    code = serializers.CharField(source="tax.code")
    taxable = AmountField(source="tax.taxable")
    determinant = AmountField(source="tax.determinant")
    percent = AmountField(source="tax.percent", decimals=4)
    amount = AmountField(source="tax.amount")
    is_correction = serializers.BooleanField(source="tax.is_correction")
    why = serializers.ListField(child=serializers.CharField())


class SlipPaymentOutput(serializers.Serializer[Any]):
    iban = serializers.CharField()
    name = serializers.CharField()
    amount = AmountField()


class PayslipOutput(serializers.Serializer[Any]):
    """A slip with its lines and their reasons."""

    id = serializers.IntegerField()
    run = serializers.IntegerField()
    employee = serializers.IntegerField()
    person = serializers.DictField(child=serializers.CharField())
    language = serializers.CharField()
    gross = AmountField()
    net = AmountField()
    payout = AmountField()
    days = serializers.IntegerField()
    digest = serializers.CharField()
    lines = SlipLineOutput(many=True)
    charges = SlipChargeOutput(many=True)
    taxes = SlipTaxOutput(many=True)
    payments = SlipPaymentOutput(many=True)
    findings = RunFindingOutput(many=True)


class WageMovementOutput(serializers.Serializer[Any]):
    """A movement of a month as it was typed."""

    employee = serializers.IntegerField()
    type = serializers.IntegerField()
    quantity = AmountField(decimals=4, allow_null=True)
    rate = AmountField(decimals=4, allow_null=True)
    amount = AmountField(allow_null=True)
    percent = AmountField(decimals=4, allow_null=True)
    text = serializers.CharField()
    cost_centre = serializers.CharField()
    for_month = serializers.DateField(allow_null=True)
    keeps = AmountField(allow_null=True)
