"""``…/vat-reconciliation/`` and ``…/vat-what-if/``: a year of VAT, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField
from erp.api.reports import Filed, shown_or_filed
from erp.core.display import swiss_date
from vat.codes.models import VatSettings
from vat.returns.comparing import what_if
from vat.returns.models import VatReturn
from vat.returns.reconciling import reconciliation
from vat.returns.rules import known_since
from vat.returns.yearly.asking import rates_in
from vat.returns.yearly.tables import reconciliation_table


class YearQuery(serializers.Serializer[Any]):
    """The first and last day of a year, as its fiscal year has them."""

    start = DayField()
    end = DayField()

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= (told["end"] - told["start"]).days <= 730:
            raise serializers.ValidationError({"end": ["Send a span of at most two years."]})
        if told["end"] < (since := known_since("reconciliation")):
            raise serializers.ValidationError(
                {"end": [_("Send a year that does not end before %s.") % swiss_date(since)]}
            )
        return told


class TurnoverAccountOutput(serializers.Serializer[Any]):
    """Turnover of an account, credit positive; ``by_code`` as declared by each code."""

    account = serializers.CharField(source="account.number")
    is_turnover = serializers.BooleanField()
    moved = AmountField()
    by_code = serializers.DictField(child=AmountField())
    other = AmountField()
    bare = AmountField()
    lines = serializers.IntegerField()


class TaxAccountOutput(serializers.Serializer[Any]):
    """Movement of an account of input tax, debit positive."""

    account = serializers.CharField(source="account.number")
    moved = AmountField()
    deducted = AmountField()
    corrected = AmountField()
    settled = AmountField()
    bare = AmountField()


class StepOutput(serializers.Serializer[Any]):
    """``text`` says in words what the step is."""

    code = serializers.CharField()
    text = serializers.CharField(source="label")
    amount = AmountField()
    is_sum = serializers.BooleanField()


class TurnoverReconciliationOutput(serializers.Serializer[Any]):
    accounts = TurnoverAccountOutput(many=True)
    others = TurnoverAccountOutput(many=True)
    steps = StepOutput(many=True)
    declared = AmountField()
    rest = AmountField()


class InputTaxOutput(serializers.Serializer[Any]):
    accounts = TaxAccountOutput(many=True)
    steps = StepOutput(many=True)
    declared = AmountField()
    rest = AmountField()


class ReconciliationProposalOutput(serializers.Serializer[Any]):
    """What to do; ``link`` is the address of a page below the company's."""

    code = serializers.CharField()
    text = serializers.CharField()
    amount = AmountField()
    link = serializers.CharField()


class ReconciliationOutput(serializers.Serializer[Any]):
    """A year reconciled; ``due`` is the 180th day after it."""

    start = serializers.DateField()
    end = serializers.DateField()
    due = serializers.DateField()
    is_complete = serializers.BooleanField()
    turnover = TurnoverReconciliationOutput()
    input_tax = InputTaxOutput()
    proposals = ReconciliationProposalOutput(many=True)


class ReconciliationViewSet(Filed):
    """``…/vat-reconciliation/?start=&end=``"""

    permissions = {"list": Permission.VAT_READ}
    takes_along = {"list": Permission.LEDGER_EXPORT}
    serializer_class = ReconciliationOutput
    queryset = VatReturn.unscoped.none()
    pagination_class = None

    @shown_or_filed(ReconciliationOutput, parameters=[YearQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Turnover and input tax of a year: ledger, returns, and each difference between them."""
        told = self.asked(YearQuery)
        found = reconciliation(self.company, told["start"], told["end"])
        if self.form:
            return self.filed(reconciliation_table(found))
        return Response(ReconciliationOutput(found).data)


class WhatIfQuery(YearQuery):
    """``rates`` such as ``3200:2.1,3400:6.2``; without them those of the activities count."""

    rates = serializers.CharField(required=False, max_length=2000)
    basis = serializers.ChoiceField(choices=VatSettings.Basis.choices, required=False)


class CostOutput(serializers.Serializer[Any]):
    """What a method costs, in francs."""

    turnover_tax = AmountField()
    acquisition_tax = AmountField()
    input_tax = AmountField()
    corrections = AmountField()
    payable = AmountField()


class AccountTaxOutput(serializers.Serializer[Any]):
    """Taxed turnover of an account with its tax; without a rate ``percent`` is null."""

    account = serializers.CharField(source="account.number")
    turnover = AmountField()
    percent = AmountField(allow_null=True)
    tax = AmountField()


class LimitOutput(serializers.Serializer[Any]):
    """A limit of the law in francs a year; ``law`` is where it stands."""

    amount = AmountField()
    limit = AmountField()
    is_kept = serializers.BooleanField()
    law = serializers.CharField(source="source")


class WhatIfOutput(serializers.Serializer[Any]):
    """``difference`` is what net tax rates cost more, or with a minus less."""

    start = serializers.DateField()
    end = serializers.DateField()
    basis = serializers.CharField()
    effective = CostOutput()
    net = CostOutput()
    difference = AmountField()
    accounts = AccountTaxOutput(many=True)
    limits = LimitOutput(many=True)
    is_allowed = serializers.BooleanField()


class WhatIfViewSet(CompanyViewSet):
    """``…/vat-what-if/?start=&end=&rates=``"""

    permissions = {"list": Permission.VAT_READ}
    serializer_class = WhatIfOutput
    queryset = VatReturn.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[WhatIfQuery], responses=WhatIfOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """A year by the effective method against net tax rates."""
        told = self.asked(WhatIfQuery)
        found = what_if(
            self.company, told["start"], told["end"], rates=rates_in(told.get("rates", "")),
            basis=told.get("basis", ""),
        )  # fmt: skip
        return Response(WhatIfOutput(found).data)


router = SimpleRouter()
router.register("vat-reconciliation", ReconciliationViewSet, basename="vat-reconciliation")
router.register("vat-what-if", WhatIfViewSet, basename="vat-what-if")
urls = router.urls
