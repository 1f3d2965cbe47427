"""The reports of creditors: turnover by supplier and month, VAT journal of purchases."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from accounting.ledger.vat_journal import beside_accounts, purchase_journal, vat_totals
from accounting.ledger.views.spans import SpanReport, months_chart
from accounting.purchases_reports import tables, turnover
from erp.access.permissions import Permission


class SupplierTurnover(SpanReport):
    """``/c/{company}/payables/turnover/`` and ``…/months/``: by supplier, by month."""

    permission = Permission.OPEN_ITEMS_READ
    help_page = "purchase-reports"

    def get(self, request: HttpRequest, by: str, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        told: dict[str, Any] = {"by": by, "since": since, "until": until}
        if by == "suppliers":
            rows = turnover.by_supplier(self.company, since, until)
            content = tables.suppliers(rows, since, until)
            return self.shown("purchases_reports/turnover", content, rows=rows,
                              total=content.rows[-1], **told)  # fmt: skip
        if by != "months":
            raise Http404
        months = turnover.by_month(self.company, since, until)
        content = tables.months(months, since, until)
        return self.shown("purchases_reports/months", content, rows=months, bar_kind="expense",
                          chart=months_chart(months, "expense"), total=content.rows[-1],
                          **told)  # fmt: skip


class PurchaseVatJournal(SpanReport):
    """``/c/{company}/payables/vat-journal/``"""

    permission = Permission.OPEN_ITEMS_READ
    help_page = "purchase-reports"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        rows = purchase_journal(self.company, since, until)
        content = tables.vat(rows, since, until)
        beside = [] if request.GET.get("format") else beside_accounts(
            self.company, since, until, language=get_language() or "de"
        )  # fmt: skip
        return self.shown("purchases_reports/vat_journal", content, rows=rows, since=since,
                          until=until, totals=vat_totals(rows), total=content.rows[-1],
                          beside=beside)  # fmt: skip
