"""``…/exchange-rate/``: what a foreign amount is converted with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.api.reference import RateOutput
from vat.codes.queries import exchange_rate


class CompanyRateQuestion(Input):
    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    on = DayField()


class ExchangeRateViewSet(CompanyViewSet):
    """The official rate of a day, by the method the company has chosen; 422 where there is none."""

    permissions = {"read": Permission.LEDGER_READ}
    serializer_class = RateOutput
    pagination_class = None

    @extend_schema(parameters=[CompanyRateQuestion], responses=RateOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        asked = CompanyRateQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Response(RateOutput(exchange_rate(self.company, **asked.validated_data)).data)
