"""``…/purchase-reports/``: turnover by supplier and month, VAT journal of purchases, for programs."""

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
from accounting.ledger.vat_journal import beside_accounts, purchase_journal
from accounting.open_items.models import OpenItem
from accounting.purchases_reports import tables, turnover
from erp.access.permissions import Permission
from erp.api.inputs import AmountField
from erp.api.paging import PageOutput
from erp.api.reports import Filed, shown_or_filed


class BesideOutput(serializers.Serializer[Any]):
    """An account of input tax: what the journal says, and all that moved on it in the span."""

    number = serializers.CharField()
    name = serializers.CharField()
    journal = AmountField()
    others = AmountField()
    moved = AmountField()


class PurchaseVatOutput(PageOutput):
    """``totals`` add up all pages; ``accounts`` are those of input tax."""

    totals = VatTotalOutput(many=True)
    accounts = BesideOutput(many=True)
    results = VatRowOutput(many=True)


class PurchaseReportViewSet(Filed):
    """``…/purchase-reports/``"""

    permissions = {
        "suppliers": Permission.OPEN_ITEMS_READ,
        "months": Permission.OPEN_ITEMS_READ,
        "vat_journal": Permission.OPEN_ITEMS_READ,
    }
    takes_along = dict.fromkeys(permissions, Permission.LEDGER_EXPORT)
    serializer_class = TurnoverOutput
    queryset = OpenItem.unscoped.none()
    pagination_class = None

    @shown_or_filed(TurnoverPageOutput, parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="turnover-by-supplier")
    def suppliers(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What was bought of each supplier, the largest first; ``key`` is the contact."""
        told = self.asked(SpanQuery)
        rows = turnover.by_supplier(self.company, **told)
        if self.form:
            return self.filed(tables.suppliers(rows, **told))
        page = self.page_of(rows, by=attrgetter("key", "name"))
        return self.told_beside(TurnoverPageOutput, page, **turnover_beside(rows))

    @shown_or_filed(MonthOutput(many=True), parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="turnover-by-month")
    def months(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What was bought in each month of a span."""
        told = self.asked(SpanQuery)
        rows = turnover.by_month(self.company, **told)
        if self.form:
            return self.filed(tables.months(rows, **told))
        return Response(MonthOutput(rows, many=True).data)

    @shown_or_filed(PurchaseVatOutput, parameters=[SpanQuery])
    @action(detail=False, methods=["get"], url_path="vat-journal")
    def vat_journal(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Every posted line of purchases with a VAT code, beside the accounts of input tax."""
        told = self.asked(SpanQuery)
        language, rows = get_language() or "de", purchase_journal(self.company, **told)
        if self.form:
            return self.filed(tables.vat(rows, **told))
        accounts = beside_accounts(self.company, **told, language=language)
        page = self.page_of(rows, by=vat_row)
        return self.told_beside(PurchaseVatOutput, page, accounts=accounts, **vat_beside(rows))


router = SimpleRouter()
router.register("purchase-reports", PurchaseReportViewSet, basename="purchase-reports")
urls = router.urls
