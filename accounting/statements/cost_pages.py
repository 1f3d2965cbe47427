"""The pages of the cost report (Kostenrechnung)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.models import CostObject
from accounting.ledger.queries import year_of
from accounting.statements import costs
from accounting.statements.costs import By, CostReport, CostRow
from accounting.statements.views import Report
from erp.access.permissions import Permission
from erp.companies.models import Module


class CostReportPage(Report):
    """``/c/{company}/reports/costs/?by=centre|object``: each with the page that shows what it is made of."""

    permission = Permission.LEDGER_READ
    module = Module.COST_ACCOUNTING
    help_page = "cost-report"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("by", By.CENTRE)
        if asked not in list(By):
            raise Http404
        year = year_of(self.company, self.until())
        if year is None:
            return self.no_year()
        found = costs.cost_report(
            self.company, by=By(asked), year=year, until=self.until(), budget=self.budget(year)
        )
        rows = [(row, self._below_row(found, row)) for row in found.rows]
        return self.file(costs.cost_table(found)) or render(
            request, "accounting/statements/costs.html",
            {**self.base(), "page_title": _("Cost report"), "report": found, "rows": rows},
        )  # fmt: skip

    def _below_row(self, found: CostReport, row: CostRow) -> str:
        if not row.number:
            return ""
        told = {"until": found.until.isoformat()}
        if found.by == By.CENTRE:
            page = reverse("income-statement", args=[self.company.pk])
            told["cost_centre"] = row.number
        else:
            page = reverse("cost-object-report", args=[self.company.pk, row.number])
        return f"{page}?{urlencode(told)}"


class CostObjectPage(Report):
    """``/c/{company}/reports/costs/objects/{number}/``: the entry lines behind a cost object's result."""

    permission = Permission.LEDGER_READ
    module = Module.COST_ACCOUNTING
    help_page = "cost-report"

    def get(self, request: HttpRequest, number: str, **kwargs: Any) -> HttpResponse:
        unit = get_object_or_404(CostObject.of(self.company), number=number)
        year = year_of(self.company, self.until())
        if year is None:
            return self.no_year()
        sums, lines = costs.object_lines(self.company, unit, year=year, until=self.until())
        return render(request, "accounting/statements/cost_object.html", {
            **self.base(), "page_title": str(unit), "sums": sums, "lines": lines[: costs.MOST_LINES],
            "more": len(lines) > costs.MOST_LINES, "most": costs.MOST_LINES,
        })  # fmt: skip
