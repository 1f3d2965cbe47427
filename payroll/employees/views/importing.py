"""The import page, and the template of its file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.web.export import answer, table
from erp.web.importing import ImportPage
from erp.web.pages import CompanyView
from payroll.employees import importing
from payroll.employees.columns import all_heads


class ImportEmployees(ImportPage):
    """``…/payroll/employees/import/``; accounts are among what comes in, so the factor is asked for."""

    permission = Permission.PAYROLL_PEOPLE
    help_page = "employee-import"
    template = "payroll/employees/import.html"
    step_up = frozenset({"GET", "POST"})

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import employees")

    def preview(self, content: bytes) -> importing.Preview:
        return importing.dry_run(company=self.company, content=content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_employees(
            company=self.company, content=content, by=self.access.user,
            only_good=self.request.POST.get("confirm") == "good",
        )  # fmt: skip
        said = _("%(new)s employees are hired, %(bad)s rows left out.")
        told = {"new": len(done.entries), "bad": done.bad_rows}
        return said % told, reverse("employees", args=[self.company.pk])


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
