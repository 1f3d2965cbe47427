"""``…/sales-reports/``: turnover, VAT journal of sales, payment habits, for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.api.spans import MonthOutput, SpanQuery, TurnoverOutput, VatRowOutput
from accounting.open_items.habits import payment_habits
from accounting.open_items.models import Side
from accounting.receivables import turnover
from accounting.receivables.models import SalesDocument
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField
from erp.core import clock


class DayQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class SalesVatRowOutput(VatRowOutput):
    document = serializers.IntegerField(allow_null=True)


class HabitsOutput(serializers.Serializer[Any]):
    """How a customer has paid in 24 months, weighted by the amounts."""

    contact = serializers.IntegerField()
    items = serializers.IntegerField()
    days = AmountField(decimals=1)
    days_late = AmountField(decimals=1)
    percent_late = AmountField(decimals=1)
    latest = serializers.IntegerField()
    paid = AmountField()
    last_paid = serializers.DateField()


class SalesReportViewSet(CompanyViewSet):
    """``…/sales-reports/``"""

    permissions = {
        "customers": Permission.RECEIVABLES_READ,
        "products": Permission.RECEIVABLES_READ,
        "months": Permission.RECEIVABLES_READ,
        "vat_journal": Permission.RECEIVABLES_READ,
        "habits": Permission.RECEIVABLES_READ,
    }
    serializer_class = TurnoverOutput
    queryset = SalesDocument.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[SpanQuery], responses=TurnoverOutput(many=True))
    @action(detail=False, methods=["get"], url_path="turnover-by-customer")
    def customers(self, request: Request, **kwargs: Any) -> Response:
        """Turnover of each customer, the largest first."""
        rows = turnover.by_customer(self.company, **self.asked(SpanQuery))
        return Response(TurnoverOutput(rows, many=True).data)

    @extend_schema(parameters=[SpanQuery], responses=TurnoverOutput(many=True))
    @action(detail=False, methods=["get"], url_path="turnover-by-product")
    def products(self, request: Request, **kwargs: Any) -> Response:
        """Turnover of each product, the largest first."""
        language = (get_language() or "de")[:2]
        rows = turnover.by_product(self.company, **self.asked(SpanQuery), language=language)
        return Response(TurnoverOutput(rows, many=True).data)

    @extend_schema(parameters=[SpanQuery], responses=MonthOutput(many=True))
    @action(detail=False, methods=["get"], url_path="turnover-by-month")
    def months(self, request: Request, **kwargs: Any) -> Response:
        """Turnover of each month of a span."""
        rows = turnover.by_month(self.company, **self.asked(SpanQuery))
        return Response(MonthOutput(rows, many=True).data)

    @extend_schema(parameters=[SpanQuery], responses=SalesVatRowOutput(many=True))
    @action(detail=False, methods=["get"], url_path="vat-journal")
    def vat_journal(self, request: Request, **kwargs: Any) -> Response:
        """Every posted line of sales with a VAT code, by entry and rate."""
        rows = turnover.vat_journal(self.company, **self.asked(SpanQuery))
        return Response(SalesVatRowOutput(rows, many=True).data)

    @extend_schema(parameters=[DayQuery], responses=HabitsOutput(many=True))
    @action(detail=False, methods=["get"], url_path="payment-habits")
    def habits(self, request: Request, **kwargs: Any) -> Response:
        """How each customer has paid in the 24 months before a day."""
        on = self.asked(DayQuery).get("on") or clock.today()
        found = payment_habits(self.company, on, Side.RECEIVABLES)
        return Response(HabitsOutput(found.values(), many=True).data)


router = SimpleRouter()
router.register("sales-reports", SalesReportViewSet, basename="sales-reports")
urls = router.urls
