"""Lists of open items as of a day, by item, age and control account."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounting.open_items import queries, reports, settling
from accounting.open_items.charts import ageing_chart
from accounting.open_items.checking import comparison
from accounting.open_items.due import due_list
from accounting.open_items.forms import ResidueForm
from accounting.open_items.models import ResidueLimit, Side
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.pages import CompanyView, refused

PAGE = 200


class Report(CompanyView):
    """A list of one side as of a day: ``?on=2026-12-31``, with ``format=pdf|xlsx|csv`` as a file."""

    permission = Permission.OPEN_ITEMS_READ
    help_page = "open-items"
    side: ClassVar[Side] = Side.RECEIVABLES

    def on(self) -> dt.date:
        return read_day(self.request.GET.get("on")) or clock.today()

    def base(self) -> dict[str, Any]:
        return {
            "on": self.on(), "side": self.side,
            "list_url": f"open-{self.side}", "ageing_url": f"aged-{self.side}",
            "pay_url": f"pay-{self.side}", "due_url": f"due-{self.side}",
            "module_off": not self.company.uses(self.side),
        }  # fmt: skip

    def file(self, content: Table) -> HttpResponse | None:
        form = self.request.GET.get("format", "")
        if not form:
            return None
        self.require(Permission.LEDGER_EXPORT)
        return answer(form, content, company=self.company)


class OpenItems(Report):
    """``/c/{company}/open-items/receivables/`` and ``…/payables/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        party = request.GET.get("party", "").strip()[:140]
        rows = queries.open_on(self.company, self.on(), self.side, party=party,
                               overdue=bool(request.GET.get("overdue")))  # fmt: skip
        content = reports.list_table(rows, side=self.side, on=self.on(), own=self.company.currency)
        return self.file(content) or render(
            request,
            "accounting/open_items/list.html",
            {**self.base(), "page_title": content.title, "total": queries.total(rows),
             "foreign": any(row.currency != self.company.currency for row in rows),
             "party": party, "page": Paginator(rows, PAGE).get_page(request.GET.get("page"))},
        )  # fmt: skip


class AgeingPage(Report):
    """``/c/{company}/open-items/receivables/ageing/`` and ``…/payables/ageing/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = queries.ageing(self.company, self.on(), self.side)
        content = reports.ageing_table(found, side=self.side)
        return self.file(content) or render(
            request,
            "accounting/open_items/ageing.html",
            {
                **self.base(),
                "page_title": content.title,
                "ageing": found,
                "heads": reports.heads(),
                "chart": ageing_chart(found),
                "shares": found.shares,
                "overdue_share": found.overdue_share,
            },
        )


class DuePage(Report):
    """``/c/{company}/open-items/receivables/due/`` and ``…/payables/due/``, ``?by=week`` by week."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        weekly = request.GET.get("by") == "week"
        found = due_list(self.company, self.on(), self.side, weekly=weekly)
        content = reports.due_table(found, side=self.side)
        return self.file(content) or render(
            request,
            "accounting/open_items/due.html",
            {**self.base(), "page_title": content.title, "found": found, "weekly": weekly,
             "groups": [(group, reports.due_label(group)) for group in found.groups],
             "foreign": any(row.item.currency != self.company.currency
                            for group in found.groups for row in group.rows)},
        )  # fmt: skip


class ControlAccounts(CompanyView):
    """``/c/{company}/open-items/control/``: control accounts beside their items; residues."""

    permission = Permission.OPEN_ITEMS_READ
    permissions = {"POST": Permission.OPEN_ITEMS_WRITE_OFF}
    help_page = "open-items"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ResidueForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ResidueForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(form))
        settling.set_residue_limit(self.company, by=self.access.user, **form.cleaned_data)
        return redirect("open-control", self.company.pk)

    def _show(self, form: ResidueForm) -> HttpResponse:
        on = read_day(self.request.GET.get("on")) or clock.today()
        context = {
            "page_title": _("Control accounts"), "on": on, "form": form,
            "rows": comparison(self.company, on),
            "off": [side for side in Side if not self.company.uses(side)],
            "limits": ResidueLimit.of(self.company).order_by("-valid_from"),
        }  # fmt: skip
        return render(self.request, "accounting/open_items/control.html", context)
