"""What pages of a payroll year have in common."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.web.export import Table, answer
from erp.web.pages import CompanyView
from payroll.declarations.gathering import YEARS, years_of
from payroll.employees.models import Employee


class YearView(CompanyView):
    """A page of a payroll year: looking is ``payroll.read``, taking along ``payroll.export``."""

    permission = Permission.PAYROLL_READ
    help_page = "payroll-year"

    @property
    def year(self) -> int:
        """The year of the address; a 404 where there cannot be payroll."""
        if self.kwargs["year"] not in YEARS:
            raise Http404
        return int(self.kwargs["year"])

    def note(self, count: int, *, kind: str = "list") -> None:
        """Note in the access log that wages of many were looked at, or left the house."""
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=Employee,
                        count=count)  # fmt: skip

    def note_one(self, *, kind: str = "read") -> None:
        """Note in the access log whose data were looked at, or left the house: those of the address."""
        access_log.note(company=self.company, by=self.access.user, kind=kind,
                        subject=Employee(pk=self.kwargs["employee"], company=self.company))  # fmt: skip

    def show(self, request: HttpRequest, template: str, tab: str, **context: Any) -> HttpResponse:
        told = {"year": self.year, "years": years_of(self.company), "tab": tab}
        return render(request, f"payroll/declarations/{template}", told | context)


class FileView(YearView):
    """What leaves the house: ``payroll.export``, with the second factor used minutes ago."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})

    def table(self, table: Table, count: int) -> HttpResponse:
        self.note(count, kind="export")
        return answer(self.kwargs["form"], table, company=self.company)
