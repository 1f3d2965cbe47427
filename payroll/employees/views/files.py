"""Documents of a person, what comes up, and employees to take along."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.filetypes import ENDINGS
from erp.documents.storing import read_upload
from erp.web.export import answer
from erp.web.pages import CompanyView, id_of
from payroll.employees import documents, due, exporting, missing, people, queries
from payroll.employees.models import Employee, EmployeeFile
from payroll.employees.telling import all_told
from payroll.employees.views.base import OfEmployee
from payroll.rates.figures import reference_ages

Look = AccessLogEntry.Kind
AHEAD = dt.timedelta(days=120)
BACK = dt.timedelta(days=31)


class KeepFile(OfEmployee):
    """``…/employees/{employee}/files/``: keep a document, or delete one."""

    permission = Permission.PAYROLL_PEOPLE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee, upload = self.found(), request.FILES.get("file")
        try:
            with transaction.atomic():
                if request.POST.get("delete"):
                    rows = EmployeeFile.of(self.company).filter(employee=employee)
                    rows = rows.select_related("employee").defer("content")
                    documents.detach(get_object_or_404(rows, pk=id_of(request.POST["delete"])),
                                     by=self.access.user)  # fmt: skip
                elif upload is None or isinstance(upload, list):
                    raise Http404
                else:
                    documents.attach(
                        employee, name=upload.name or "", content=read_upload(upload),
                        title=request.POST.get("title", ""), by=self.access.user,
                    )  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
        return self.home(employee)


class ShowFile(CompanyView):
    """``…/payroll/employees/files/{file}/``: a document as it came in."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, file: int, **kwargs: Any) -> HttpResponse:
        rows = EmployeeFile.of(self.company).select_related("employee")
        row = get_object_or_404(rows, pk=file)
        access_log.note(company=self.company, by=self.access.user, subject=row.employee,
                        kind=Look.EXPORT)  # fmt: skip
        return served(row)


def served(row: EmployeeFile) -> HttpResponse:
    """A document to be saved; no browser opens it within our pages."""
    ending = ENDINGS[row.media_type]
    name = row.title if row.title.lower().endswith(f".{ending}") else f"{row.title}.{ending}"
    response = HttpResponse(row.content, content_type=row.media_type)
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    return response


class DueList(CompanyView):
    """``…/payroll/employees/due/``: what comes up in the next months, and what is missing."""

    permission = Permission.PAYROLL_READ
    help_page = "employees"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today = clock.today()
        found = people.filled(
            queries.listing(self.company, on=today - BACK).order_by("contact__sort_name"), on=today
        )
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.LIST, count=len(found))  # fmt: skip
        month = today.replace(day=1)
        context = {
            "page_title": _("Due"), "today": today,
            "rows": due.coming(found, first=today - BACK, last=today + AHEAD, ages=reference_ages()),
            "missing": [(file, told) for file in found
                        if (told := all_told(missing.before_run(file, month)))],
        }  # fmt: skip
        return render(request, "payroll/employees/due.html", context)


class ExportEmployees(CompanyView):
    """``…/payroll/employees/export/?format=csv``: those of the list; AHV numbers where asked for."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told, today = request.GET, clock.today()
        form, state = told.get("format", ""), told.get("state", "")
        if form not in {"csv", "xlsx"}:
            raise Http404
        made, count = exporting.listed_table(
            self.company, on=today, state=state if state in queries.STATES else "active",
            search=told.get("q", "").replace("\x00", "").strip()[:80],
            with_ahv=told.get("ahv") == "1",
        )  # fmt: skip
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.EXPORT, count=count)  # fmt: skip
        return answer(form, made, company=self.company)
