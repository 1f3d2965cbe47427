"""``…/sales-reports/``: turnover, VAT journal of sales, payment habits, for programs."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.api.spans import (
    MonthOutput,
    SpanQuery,
    TurnoverOutput,
    TurnoverPageOutput,
    VatRowOutput,
    VatTotalOutput,
    turnover_beside,
    vat_beside,
    vat_row,
)
from accounting.open_items.habits import payment_habits
from accounting.open_items.models import Side
from accounting.receivables import report_tables, turnover
from accounting.receivables.models import SalesDocument
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField
from erp.api.paging import PageOutput
from erp.api.reports import Filed, shown_or_filed
from erp.core import clock


class DayQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class SalesVatRowOutput(VatRowOutput):
    document = serializers.IntegerField(allow_null=True)


class SalesVatOutput(PageOutput):
    """``totals`` add up all pages."""

    totals = VatTotalOutput(many=True)
    results = SalesVatRowOutput(many=True)


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


class SalesReportViewSet(Filed):
    """``…/sales-reports/``"""

    permissions = {
        "customers": Permission.RECEIVABLES_READ,
        "products": Permission.RECEIVABLES_READ,
        "months": Permission.RECEIVABLES_READ,
        "vat_journal": Permission.RECEIVABLES_READ,
        "habits": Permission.RECEIVABLES_READ,
    }
    takes_along = dict.fromkeys(permissions, Permission.RECEIVABLES_EXPORT)
    serializer_class = TurnoverOutput
    queryset = SalesDocument.unscoped.none()

    @shown_or_filed(TurnoverPageOutput, parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="turnover-by-customer")
    def customers(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Turnover of each customer, the largest first."""
        told = self.asked(SpanQuery)
        rows = turnover.by_customer(self.company, **told)
        if self.form:
            return self.filed(report_tables.customers(rows, **told))
        page = self.page_of(rows, by=attrgetter("key", "name"))
        return self.told_beside(TurnoverPageOutput, page, **turnover_beside(rows))

    @shown_or_filed(TurnoverPageOutput, parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="turnover-by-product")
    def products(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Turnover of each product, the largest first."""
        language = (get_language() or "de")[:2]
        told = self.asked(SpanQuery)
        rows = turnover.by_product(self.company, **told, language=language)
        if self.form:
            return self.filed(report_tables.products(rows, **told))
        page = self.page_of(rows, by=attrgetter("key", "name"))
        return self.told_beside(TurnoverPageOutput, page, **turnover_beside(rows))

    @shown_or_filed(MonthOutput(many=True), parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="turnover-by-month", pagination_class=None)
    def months(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Turnover of each month of a span."""
        told = self.asked(SpanQuery)
        rows = turnover.by_month(self.company, **told)
        if self.form:
            return self.filed(report_tables.months(rows, **told))
        return Response(MonthOutput(rows, many=True).data)

    @shown_or_filed(SalesVatOutput, parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="vat-journal")
    def vat_journal(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Every posted line of sales with a VAT code, by entry and rate."""
        told = self.asked(SpanQuery)
        rows = turnover.vat_journal(self.company, **told)
        if self.form:
            return self.filed(report_tables.vat(rows, **told))
        page = self.page_of(rows, by=vat_row)
        return self.told_beside(SalesVatOutput, page, **vat_beside(rows))

    @shown_or_filed(HabitsOutput(many=True), parameters=[DayQuery])
    @action(detail=False, methods=["get"], url_path="payment-habits")
    def habits(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """How each customer has paid in the 24 months before a day, by their ids."""
        on = self.asked(DayQuery).get("on") or clock.today()
        found = payment_habits(self.company, on, Side.RECEIVABLES)
        if self.form:
            return self.filed(report_tables.habits(report_tables.named(self.company, found), on))
        page = self.page_of(list(found.values()), by=attrgetter("contact"))
        return self.get_paginated_response(HabitsOutput(page, many=True).data)


router = SimpleRouter()
router.register("sales-reports", SalesReportViewSet, basename="sales-reports")
urls = router.urls
