"""The import page, what became of a long file, and the template of a file."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.jobs import queries as job_queries
from erp.web.export import answer, table
from erp.web.importing import ImportPage
from erp.web.pages import CompanyView
from payroll.employees import importing, uploads
from payroll.employees.columns import all_heads
from payroll.employees.models import EmployeeUpload
from payroll.employees.sheet import MOST_AT_ONCE, is_long
from payroll.employees.uploads import Wish

_WISHES = {"check": Wish.CHECK, "good": Wish.GOOD}  # by the button; any other imports all rows


class ImportEmployees(ImportPage):
    """``…/payroll/employees/import/``; accounts are among what comes in, so the factor is asked for.

    Of a long file the first rows are shown, and a job does the rest.
    """

    permission = Permission.PAYROLL_PEOPLE
    help_page = "employee-import"
    template = "payroll/employees/import.html"
    step_up = frozenset({"GET", "POST"})

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import employees")

    def preview(self, content: bytes) -> importing.Preview:
        first = MOST_AT_ONCE if is_long(content) else None
        return importing.dry_run(company=self.company, content=content, first=first)

    def done_before(self, content: bytes) -> int:
        return importing.was_imported(self.company, content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_employees(
            company=self.company, content=content, by=self.access.user,
            only_good=self.request.POST.get("confirm") == "good",
        )  # fmt: skip
        said = _("%(new)s employees are hired, %(bad)s rows left out.")
        told = {"new": len(done.entries), "bad": done.bad_rows}
        return said % told, reverse("employees", args=[self.company.pk])

    def _perform(self, request: HttpRequest, content: bytes) -> HttpResponse:
        if not is_long(content):
            return super()._perform(request, content)
        wish = _WISHES.get(request.POST["confirm"], Wish.ALL)
        key = f"{wish}:{request.POST['kept']}"
        job = uploads.begin(
            company=self.company, content=content, wish=wish, by=self.access.user,
            known=self._done, key=hashlib.sha256(key.encode()).hexdigest(),
        )  # fmt: skip
        return redirect("employee-import-report", self.company.pk, job.pk)

    def _show(self, request: HttpRequest, form: Any, **more: Any) -> HttpResponse:
        return super()._show(request, form, uploads=list(uploads.recent(self.company)), **more)


class ImportReport(CompanyView):
    """``…/payroll/employees/import/1/``: how far the job of a long file is, and which rows are bad."""

    permission = Permission.PAYROLL_PEOPLE
    help_page = "employee-import"
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, job: int, **kwargs: Any) -> HttpResponse:
        rows = EmployeeUpload.of(self.company).select_related("job", "job__by").defer("content")
        upload = get_object_or_404(rows, job=job)
        urls = {name: reverse(f"job-{name}", args=[self.company.pk, job])
                for name in ("progress", "file", "cancel")}  # fmt: skip
        return render(request, "payroll/employees/import_report.html", {
            "page_title": _("Import employees"), "job": upload.job, "report": upload.report,
            "urls": urls, "may_cancel": job_queries.may_cancel(self.access, upload.job),
            "back_url": reverse("employee-import", args=[self.company.pk]),
        })  # fmt: skip


class Template(CompanyView):
    """``…/payroll/employees/import/template/?format=xlsx``: the titles, without rows."""

    permission = Permission.PAYROLL_PEOPLE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("format", "xlsx")
        if form not in {"csv", "xlsx"}:
            raise Http404
        made = table(title=_("Employees"), subtitle="", head=all_heads(), rows=[],
                     name="employees-template")  # fmt: skip
        return answer(form, made, company=self.company)
