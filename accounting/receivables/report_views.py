"""The reports of debtors: turnover, VAT journal of sales, payment habits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from accounting.ledger.views.spans import SpanReport, months_chart
from accounting.open_items.habits import payment_habits
from accounting.open_items.models import Side
from accounting.receivables import report_tables, turnover
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.dates import read_day


class Report(SpanReport):
    """A report of debtors over a span."""

    permission = Permission.RECEIVABLES_READ
    export = Permission.RECEIVABLES_EXPORT
    help_page = "sales-reports"


class Turnover(Report):
    """``/c/{company}/receivables/turnover/{by}/``: by customer, product or month."""

    def get(self, request: HttpRequest, by: str, **kwargs: Any) -> HttpResponse:
        found: dict[str, Callable[[], HttpResponse]] = {
            "customers": self._customers, "products": self._products, "months": self._months,
        }  # fmt: skip
        if by not in found:
            raise Http404
        return found[by]()

    def _customers(self) -> HttpResponse:
        since, until = self.span()
        rows = turnover.by_customer(self.company, since, until)
        content = report_tables.customers(rows, since, until)
        return self.shown("receivables/turnover", content, by="customers", rows=rows, since=since, until=until,
                          total=content.rows[-1])  # fmt: skip

    def _products(self) -> HttpResponse:
        since, until = self.span()
        language = (get_language() or "de")[:2]
        rows = turnover.by_product(self.company, since, until, language=language)
        content = report_tables.products(rows, since, until)
        return self.shown("receivables/turnover", content, by="products", rows=rows, since=since, until=until,
                          total=content.rows[-1])  # fmt: skip

    def _months(self) -> HttpResponse:
        since, until = self.span()
        rows = turnover.by_month(self.company, since, until)
        content = report_tables.months(rows, since, until)
        return self.shown("receivables/turnover_months", content, by="months", rows=rows, since=since,
                          until=until, chart=months_chart(rows), total=content.rows[-1])  # fmt: skip


class VatJournal(Report):
    """``/c/{company}/receivables/vat-journal/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        rows = turnover.vat_journal(self.company, since, until)
        content = report_tables.vat(rows, since, until)
        return self.shown("receivables/vat_journal", content, rows=rows, since=since, until=until,
                          totals=turnover.vat_totals(rows), total=content.rows[-1])  # fmt: skip


class PaymentHabits(Report):
    """``/c/{company}/receivables/payment-habits/``: the slowest first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        found = payment_habits(self.company, on, Side.RECEIVABLES)
        rows = report_tables.named(self.company, found)
        content = report_tables.habits(rows, on)
        return self.shown("receivables/payment_habits", content, rows=rows, on=on)
