"""The hours of all: looked through, approved, and as a report."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.hours import approving, queries
from accounting.hours.models import HourEntry
from accounting.hours.people import people_of
from accounting.hours.reports import By, report, report_table, total_of
from accounting.ledger.views.spans import SpanReport
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.keyed import page_by_key
from erp.web.pages import CompanyView, id_of, id_or_none

PAGE: Final = 100
MOST: Final = 1000


class HoursList(CompanyView):
    """``/c/{company}/hours/list/``: hours by state, person, project and days; a POST approves the ticked ones."""

    permission = Permission.HOURS_READ
    permissions = {"POST": Permission.HOURS_APPROVE}
    help_page = "hours"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        state = asked.get("state", HourEntry.State.OPEN)
        told: dict[str, Any] = {
            "state": state if state in HourEntry.State.values else "",
            "user": id_or_none(asked.get("person")), "project": id_or_none(asked.get("project")),
            "since": read_day(asked.get("since")), "until": read_day(asked.get("until")),
        }  # fmt: skip
        rows = queries.entries(self.company, **told)
        page = page_by_key(
            rows, among=HourEntry.of(self.company), column="day", down=True, size=PAGE,
            after=id_or_none(asked.get("after")), before=id_or_none(asked.get("before")),
        )  # fmt: skip
        context = {
            "page_title": _("Approve hours"), "page": page, "states": HourEntry.State.choices,
            "sum": rows.aggregate(Sum("minutes"))["minutes__sum"], **told,
            "people": people_of(self.company), "projects": list(queries.projects(self.company)),
        }  # fmt: skip
        return render(request, "accounting/hours/list.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seen = [told.partition(":") for told in request.POST.getlist("entry")[:MOST]]
        versions = {id_of(entry): id_of(version) for entry, _colon, version in seen}
        act = approving.reopen if request.POST.get("do") == "reopen" else approving.approve
        if not versions:
            messages.error(request, _("Nothing is ticked."))
            return redirect(request.get_full_path())
        try:
            count = len(act(company=self.company, entries=[*versions], by=self.access.user,
                            versions=versions))  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _said(act is approving.approve, count))
        return redirect(request.get_full_path())


def _said(approved: bool, count: int) -> str:
    if approved:
        return ngettext("%d entry is approved.", "%d entries are approved.", count) % count
    return (
        ngettext(
            "The approval of %d entry is taken back.",
            "The approval of %d entries is taken back.",
            count,
        )
        % count
    )


class HoursReport(SpanReport):
    """``/c/{company}/hours/report/?by=``: hours of a span by project, person, month or cost object."""

    permission = Permission.HOURS_READ
    help_page = "hours"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        since, until = self.span()
        by = request.GET.get("by", By.PROJECT)
        by = by if by in By.values else By.PROJECT
        rows = report(self.company, by=by, since=since, until=until)
        content = report_table(rows, by, since, until)
        return self.shown("hours/report", content, rows=rows, total=total_of(rows), by=by,
                          label=By(by).label, choices=By.choices, since=since, until=until)  # fmt: skip
