"""Runs of depreciation: proposed, posted, looked at, reversed; and the assets table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.assets import control, reports, running, table
from accounting.assets.models import DepreciationRun
from accounting.ledger.models import Period
from accounting.ledger.queries import year_of
from accounting.ledger.views.spans import SpanReport
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import NotAnAmount, parse_amount
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, refused

MOST_SHOWN = 500


class Runs(CompanyView):
    """``/c/{company}/assets/runs/?until=``: runs, and what the next one would post."""

    permission = Permission.ASSETS_READ
    permissions = {"POST": Permission.ASSETS_POST}
    help_page = "depreciation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        until = read_day(request.GET.get("until"))
        proposal, refusal = None, None
        if until is not None:
            try:
                proposal = running.propose(self.company, until=until)
            except DomainError as found:
                refusal = found
        if proposal is not None and (form := request.GET.get("format")):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, reports.proposal_table(proposal), company=self.company)
        if refusal is not None:
            messages.error(request, str(refusal))
        return self._show(until or self._next(), proposal)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        until = read_day(request.POST.get("until"))
        if until is None:
            return redirect("asset-runs", self.company.pk)
        try:
            expected = parse_amount(request.POST.get("total", ""), field="total")
            made = running.run(self.company, until=until, by=self.access.user, expected=expected)
        except (DomainError, NotAnAmount) as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(until, None))
        messages.success(request, _("%(count)s assets are depreciated.") % {"count": made.count})
        return redirect("asset-run", self.company.pk, made.pk)

    def _next(self) -> dt.date:
        """The end of the first month that no run covers and that is over, else of the fiscal year."""
        last, today = running.last_run(self.company), clock.today()
        year = year_of(self.company, today)
        if last is not None and year is not None and year.start <= last.end < year.end:
            return running.month_end(last.end + dt.timedelta(days=1))
        return year.end if year is not None else running.month_end(today)

    def _choices(self) -> list[tuple[dt.date, str]]:
        """Ends of months and years that a run may have, of the latest three years."""
        last = running.last_run(self.company)
        periods = Period.of(self.company)
        if last is not None:
            periods = periods.filter(end__gt=last.end)
        newest = periods.order_by("-start").values_list("end", "fiscal_year__end")[:36]
        return [(end, _("year") if end == year else "") for end, year in reversed(newest)]

    def _show(self, until: dt.date, proposal: running.Proposal | None) -> HttpResponse:
        shown = proposal.posted if proposal is not None else []
        context = {
            "page_title": _("Depreciation"), "runs": list(running.runs(self.company)[:100]),
            "until": until, "proposal": proposal, "rows": shown[:MOST_SHOWN],
            "more": max(len(shown) - MOST_SHOWN, 0), "ends": self._choices(),
        }  # fmt: skip
        return render(self.request, "accounting/assets/runs.html", context)


class RunPage(CompanyView):
    """``/c/{company}/assets/runs/{run}/``: what a run posted, per asset; a POST reverses it."""

    permission = Permission.ASSETS_READ
    permissions = {"POST": Permission.ASSETS_POST}
    help_page = "depreciation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self._found()
        rows = running.movements_of(found)
        if form := request.GET.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, reports.run_table(found, list(rows)), company=self.company)
        shown = list(rows[:MOST_SHOWN])
        context = {"page_title": _("Depreciation %s") % found, "run": found, "rows": shown,
                   "more": max(found.count - MOST_SHOWN, 0)}  # fmt: skip
        return render(request, "accounting/assets/run.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self._found()
        running.reverse(found, by=self.access.user)
        messages.success(request, _("The run is reversed, with all of its assets."))
        return redirect("asset-run", self.company.pk, found.pk)

    def _found(self) -> DepreciationRun:
        found: DepreciationRun = get_object_or_404(
            running.runs(self.company), pk=self.kwargs["run"]
        )
        return found


class AssetsTable(SpanReport):
    """``/c/{company}/assets/table/?since=&until=&details=``: the assets table, held against the ledger."""

    permission = Permission.ASSETS_READ
    help_page = "assets-table"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self._year()
        details = request.GET.get("details", "1") == "1"
        groups = table.assets_table(self.company, since=since, until=until)
        content = table.as_table(groups, since=since, until=until, details=details)
        rows = [row for row in control.control(self.company, until=until)
                if row.register or row.ledger]  # fmt: skip
        return self.shown(
            "assets/table", content, groups=groups, total=table.total_of(groups), since=since,
            until=until, details=details, control=rows,
            differs=any(row.difference for row in rows),
        )  # fmt: skip

    def _year(self) -> tuple[dt.date, dt.date]:
        """What was asked for; by default the whole fiscal year."""
        year = year_of(self.company, clock.today())
        if year is None or "since" in self.request.GET or "until" in self.request.GET:
            return self.span()
        return year.start, year.end
