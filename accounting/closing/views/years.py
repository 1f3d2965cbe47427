"""The years, and the checklist of one: checks, closing, reopening, what changed since."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.closing import jobs
from accounting.closing.appropriating import BY_ITSELF
from accounting.closing.asking import is_ready, standings
from accounting.closing.closing import close_year, reopen_year
from accounting.closing.comparing import changes, closings_of
from accounting.closing.noting import accept, file_of, withdraw
from accounting.closing.report import annual_report
from accounting.ledger.models import FiscalYear, YearClosing
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import storing
from erp.documents.serving import original
from erp.jobs.queries import may_cancel
from erp.layouts.queries import look_of
from erp.layouts.values import Kind
from erp.web.export import as_file
from erp.web.layouts import asked_look, not_pictured, pictured
from erp.web.pages import CompanyView

SHOWN = 200  # entries since a closing; the journal has the rest


class OfYear(CompanyView):
    """A page of the year-end of a fiscal year, ``/c/{company}/year-end/{year}/…``"""

    permission = Permission.LEDGER_READ
    help_page = "year-end"

    def year(self) -> FiscalYear:
        found: FiscalYear = get_object_or_404(FiscalYear.of(self.company), pk=self.kwargs["year"])
        return found

    def back(self) -> HttpResponse:
        return redirect("year-end", self.company.pk, self.kwargs["year"])


class YearEnds(CompanyView):
    """``/c/{company}/year-end/``: the fiscal years, and which are closed."""

    permission = Permission.LEDGER_READ
    help_page = "year-end"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        standing = YearClosing.standing(self.company).select_related("closed_by")
        years = FiscalYear.of(self.company).order_by("-start")
        context = {
            "page_title": _("Year-end"), "today": clock.today(),
            "years": years.prefetch_related(Prefetch("closings", standing, to_attr="standing")),
        }  # fmt: skip
        return render(request, "accounting/closing/years.html", context)


class YearEndPage(OfYear):
    """``/c/{company}/year-end/{year}/``: the checklist of a year, and what became of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year()
        closings = closings_of(self.company, year)
        closed = next((one for one in closings if one.reopened_at is None), None)
        job = None if closed else jobs.under_way(self.company, year)
        found = [] if closed or job else standings(self.company, year, may=self.access.may)
        changed = changes(self.company, year, closings)
        context = {
            "page_title": f"{_('Year-end')} {year}", "year": year, "closed": closed,
            "standings": found, "is_ready": bool(found) and is_ready(found), "closings": closings,
            "job": job,
            "changed": changed,
            "changed_entries": list(changed.entries[:SHOWN]) if changed else [],
            "decides": self.company.legal_form not in BY_ITSELF,
            "kept": self._kept(closed) if closed else [],
        }  # fmt: skip
        if job is not None:
            where = [self.company.pk, job.pk]
            context["may_cancel"] = may_cancel(self.access, job)
            context["urls"] = {
                name: reverse(f"job-{name}", args=where) for name in ("progress", "cancel")
            }
        return render(request, "accounting/closing/year.html", context)

    def _kept(self, closed: YearClosing) -> list[dict[str, Any]]:
        """What the checks said when the year was closed; figures and reasons only for who may see them."""
        return [
            one if self.access.may(Permission(one["permission"])) else one | {
                "reason": "", "evidence": [],
                "accepted": one["accepted"] and one["accepted"] | {"text": ""},
            }
            for one in closed.findings
        ]  # fmt: skip


class CloseYear(OfYear):
    """``…/close/``: at once, or of large books by a job."""

    permission = Permission.YEAR_CLOSE
    step_up = frozenset({"POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year, by = self.year(), self.access.user
        try:
            if jobs.is_large(self.company):
                job = jobs.begin(self.company, year, by=by)
                return redirect("job", self.company.pk, job.pk)
            close_year(company=self.company, year=year, by=by)
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("The fiscal year %s is closed.") % year)
        return self.back()


class ReopenYear(OfYear):
    """``…/reopen/``"""

    permission = Permission.YEAR_REOPEN
    step_up = frozenset({"POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year()
        try:
            reopen_year(company=self.company, year=year, by=self.access.user,
                        reason=request.POST.get("reason", ""))  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(
                request, _("The fiscal year %s is open again, for closing only.") % year
            )
        return self.back()


class YearCheck(OfYear):
    """``…/checks/{check}/``: accept what it found, or take that back; its file."""

    permissions = {"POST": Permission.YEAR_CLOSE}

    def get(self, request: HttpRequest, check: str, **kwargs: Any) -> HttpResponseBase:
        """The file that somebody put to their word."""
        return original(file_of(self.access, self.year(), check=check), download=True)

    def post(self, request: HttpRequest, check: str, **kwargs: Any) -> HttpResponse:
        year = self.year()
        try:
            if "withdraw" in request.POST:
                withdraw(self.access, year, check=check)
            else:
                upload, file = request.FILES.get("file"), None
                if upload is not None:
                    file = storing.store(
                        company=self.company, name=upload.name or "file", by=self.access.user,
                        content=storing.read_upload(upload),
                    )  # fmt: skip
                accept(self.access, year, check=check, text=request.POST.get("text", "")[:500],
                       file=file)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
        return self.back()


class AnnualReport(OfYear):
    """``…/report.pdf``: the annual accounts, or with ``page=`` a picture of that page.

    ``accent`` and what goes with it is a layout to be tried.
    """

    permission = Permission.LEDGER_EXPORT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year, look, page = self.year(), None, request.GET.get("page", "")
        if "kind" in request.GET:
            kind = Kind.DEFAULT if request.GET["kind"] == Kind.DEFAULT else Kind.ANNUAL
            try:
                look = asked_look(request.GET, look_of(self.company, kind), kind=Kind.ANNUAL)
            except DomainError as refusal:
                return not_pictured(refusal)
        made = annual_report(self.company, year, look=look)
        if page:
            return pictured(made, page)
        name = f"{self.company.short_name}-{year.name.replace('/', '-')}-{_('annual-accounts')}.pdf"
        return as_file(made, "application/pdf", name)
