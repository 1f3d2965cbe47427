"""``…/vat-reconciliation/``: the books of a year beside its returns, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField
from vat.returns.models import VatReturn
from vat.returns.reconciling import reconciliation


class YearQuery(serializers.Serializer[Any]):
    """The first and last day of a year, as its fiscal year has them."""

    start = DayField()
    end = DayField()

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= (told["end"] - told["start"]).days <= 730:
            raise serializers.ValidationError({"end": ["Send a span of at most two years."]})
        return told


class AccountField(serializers.CharField):
    """The number of a row's account."""

    def __init__(self) -> None:
        super().__init__(source="account.number")


class TurnoverAccountOutput(serializers.Serializer[Any]):
    """Turnover of an account, credit positive; ``by_code`` as declared by each code."""

    account = AccountField()
    is_turnover = serializers.BooleanField()
    moved = AmountField()
    by_code = serializers.DictField(child=AmountField())
    other = AmountField()
    bare = AmountField()
    lines = serializers.IntegerField()


class TaxAccountOutput(serializers.Serializer[Any]):
    """Movement of an account of input tax, debit positive."""

    account = AccountField()
    moved = AmountField()
    deducted = AmountField()
    corrected = AmountField()
    settled = AmountField()
    bare = AmountField()


class StepOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()
    amount = AmountField()
    is_sum = serializers.BooleanField()


class TurnoverOutput(serializers.Serializer[Any]):
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


class ProposalOutput(serializers.Serializer[Any]):
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
    turnover = TurnoverOutput()
    input_tax = InputTaxOutput()
    proposals = ProposalOutput(many=True)


class ReconciliationViewSet(CompanyViewSet):
    """``…/vat-reconciliation/?start=&end=``"""

    permissions = {"list": Permission.VAT_READ}
    serializer_class = ReconciliationOutput
    queryset = VatReturn.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[YearQuery], responses=ReconciliationOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Turnover and input tax of a year: ledger, returns, and each difference between them."""
        told = self.asked(YearQuery)
        found = reconciliation(self.company, told["start"], told["end"])
        return Response(ReconciliationOutput(found).data)


router = SimpleRouter()
router.register("vat-reconciliation", ReconciliationViewSet, basename="vat-reconciliation")
urls = router.urls
