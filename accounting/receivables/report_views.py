"""The reports of debtors: turnover, VAT journal of sales, payment habits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounting.ledger.queries import year_of
from accounting.open_items.habits import payment_habits
from accounting.open_items.models import Side
from accounting.receivables import report_tables, turnover
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.charts import side_by_side
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.pages import CompanyView

LARGEST_SPAN: Final = 3_660  # days
#: Bars are readable up to so many.
MOST_BARS: Final = 36


class Report(CompanyView):
    """A report of a span: ``?since=2026-01-01&until=2026-12-31``, with ``format=`` as a file."""

    permission = Permission.RECEIVABLES_READ
    help_page = "sales-reports"

    def span(self) -> tuple[dt.date, dt.date]:
        """What was asked for; by default the fiscal year until today."""
        today = clock.today()
        year = year_of(self.company, today)
        since = read_day(self.request.GET.get("since")) or (
            year.start if year else today.replace(month=1, day=1)
        )
        until = read_day(self.request.GET.get("until")) or max(today, since)
        until = max(until, since)
        return max(since, until - dt.timedelta(days=LARGEST_SPAN)), until

    def shown(self, template: str, content: Table, **more: Any) -> HttpResponse:
        """The page, or the same as a file."""
        form = self.request.GET.get("format", "")
        if form:
            self.require(Permission.RECEIVABLES_EXPORT)
            return answer(form, content, company=self.company)
        return render(self.request, f"accounting/receivables/{template}.html",
                      {"page_title": content.title, **more})  # fmt: skip


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
        return self.shown("turnover", content, by="customers", rows=rows, since=since, until=until,
                          total=content.rows[-1])  # fmt: skip

    def _products(self) -> HttpResponse:
        since, until = self.span()
        language = (get_language() or "de")[:2]
        rows = turnover.by_product(self.company, since, until, language=language)
        content = report_tables.products(rows, since, until)
        return self.shown("turnover", content, by="products", rows=rows, since=since, until=until,
                          total=content.rows[-1])  # fmt: skip

    def _months(self) -> HttpResponse:
        since, until = self.span()
        rows = turnover.by_month(self.company, since, until)
        content = report_tables.months(rows, since, until)
        chart = None
        if len(rows) <= MOST_BARS:
            chart = side_by_side(
                [f"{row.month:%m.%y}" for row in rows],
                [("income", [row.amount for row in rows]), ("before", [row.before for row in rows])],
            )  # fmt: skip
        return self.shown("turnover_months", content, by="months", rows=rows, since=since,
                          until=until, chart=chart, total=content.rows[-1])  # fmt: skip


class VatJournal(Report):
    """``/c/{company}/receivables/vat-journal/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        rows = turnover.vat_journal(self.company, since, until)
        content = report_tables.vat(rows, since, until)
        return self.shown("vat_journal", content, rows=rows, since=since, until=until,
                          totals=turnover.vat_totals(rows), total=content.rows[-1])  # fmt: skip


class PaymentHabits(Report):
    """``/c/{company}/receivables/payment-habits/``: the slowest first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        found = payment_habits(self.company, on, Side.RECEIVABLES)
        names = dict(Contact.of(self.company).filter(pk__in=found).values_list("pk", "name"))
        rows = sorted(((names.get(pk, ""), row) for pk, row in found.items()),
                      key=lambda one: (-one[1].days_late, one[0]))  # fmt: skip
        content = report_tables.habits(rows, on)
        return self.shown("payment_habits", content, rows=rows, on=on)
