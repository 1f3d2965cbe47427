"""Margins of projects: a row each, and what a row is made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounting.hours import margins, queries
from accounting.ledger.views.spans import SpanReport
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.web.pages import id_or_none


class MarginsReport(SpanReport):
    """``/c/{company}/hours/margins/?customer=``: income, costs and margin of projects in a span."""

    permission = Permission.HOURS_MARGINS
    help_page = "project-margins"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        customer = id_or_none(request.GET.get("customer"))
        rows = margins.margins(self.company, since=since, until=until, customer=customer)
        content = margins.margin_table(rows, since, until, self.company.currency)
        customers = Contact.of(self.company).filter(
            pk__in=queries.projects(self.company).exclude(contact=None).values("contact")
        )
        return self.shown("hours/margins", content, rows=rows, total=margins.total_of(rows),
                          since=since, until=until, customer=customer,
                          customers=customers.order_by("name", "pk"))  # fmt: skip


class ProjectMargin(SpanReport):
    """``/c/{company}/hours/margins/{project}/``: the entry lines behind a project's income and costs."""

    permission = Permission.HOURS_MARGINS
    help_page = "project-margins"

    def get(self, request: HttpRequest, project: int, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        found = get_object_or_404(queries.projects(self.company), pk=project)
        told: dict[str, Any] = {"since": since, "until": until}
        row = margins.margin_of(self.company, found, **told)
        lines = margins.lines_of(self.company, found, **told)
        context = {
            "page_title": row.name, "row": row, "project": found, **told,
            "lines": lines[: margins.MOST_LINES], "more": len(lines) > margins.MOST_LINES,
            "most": margins.MOST_LINES,
        }  # fmt: skip
        return render(request, "accounting/hours/margin.html", context)
