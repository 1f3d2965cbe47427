"""``/api/v1/companies/{company}/reports/…``: the statements as JSON."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.posting import NoOpenYear
from accounting.ledger.queries import year_of
from accounting.statements import statements
from accounting.statements.trial_balance import trial_balance
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField
from erp.core import clock


class TrialBalanceRowOutput(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField()
    opening = AmountField()
    debit = AmountField()
    credit = AmountField()
    closing = AmountField()


class TrialBalanceOutput(serializers.Serializer[Any]):
    """Balances are debit positive and add up to zero."""

    fiscal_year = serializers.CharField(source="year.name")
    until = serializers.DateField()
    rows = TrialBalanceRowOutput(many=True)
    debit = AmountField()
    credit = AmountField()


class ReportRowOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    account = serializers.CharField()
    figures = serializers.ListField(child=AmountField(allow_null=True))


class ReportOutput(serializers.Serializer[Any]):
    """Figures are positive on the position's own side; one per day in ``days``."""

    title = serializers.CharField()
    days = serializers.ListField(child=serializers.DateField())
    rows = ReportRowOutput(many=True)
    result = serializers.ListField(child=AmountField())


class Until(serializers.Serializer[Any]):
    until = serializers.DateField(required=False)


UNTIL = OpenApiParameter("until", str, description="Day, ISO; today where it is left out")


class ReportViewSet(CompanyViewSet):
    """``/api/v1/companies/{company}/reports/``"""

    permissions = dict.fromkeys(
        ("trial_balance", "balance_sheet", "income_statement"), Permission.LEDGER_READ
    )
    pagination_class = None
    serializer_class = TrialBalanceOutput

    @extend_schema(parameters=[UNTIL], responses=TrialBalanceOutput)
    def trial_balance(self, request: Request, **kwargs: Any) -> Response:
        day = self._until(request)
        year = year_of(self.company, day)
        if year is None or not year.contains(day):
            raise NoOpenYear(date=day)
        found = trial_balance(self.company, year=year, until=day)
        return Response(TrialBalanceOutput(found).data)

    @extend_schema(parameters=[UNTIL], responses=ReportOutput)
    def balance_sheet(self, request: Request, **kwargs: Any) -> Response:
        cols = self._columns(request)
        found = statements.balance_sheet(self.company, cols, language=get_language() or "de")
        return Response(ReportOutput(found).data)

    @extend_schema(parameters=[UNTIL], responses=ReportOutput)
    def income_statement(self, request: Request, **kwargs: Any) -> Response:
        cols = self._columns(request)
        found = statements.income_statement(self.company, cols, language=get_language() or "de")
        return Response(ReportOutput(found).data)

    def _until(self, request: Request) -> Any:
        asked = Until(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.validated_data.get("until") or clock.today()

    def _columns(self, request: Request) -> list[statements.Column]:
        day = self._until(request)
        cols = statements.columns(self.company, until=day)
        if not cols:
            raise NoOpenYear(date=day)
        return cols


urls = [
    path(f"reports/{name.replace('_', '-')}/", ReportViewSet.as_view({"get": name}),
         name=f"api-{name.replace('_', '-')}")
    for name in ("trial_balance", "balance_sheet", "income_statement")
]  # fmt: skip
