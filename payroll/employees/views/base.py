"""What pages of one employee share."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.web.pages import CompanyView
from payroll.employees import telling
from payroll.employees.known import Known
from payroll.employees.models import Employee
from payroll.wages.values import Finding


class OfEmployee(CompanyView):
    """A page of one employee. Every look is noted in the access log."""

    permission = Permission.PAYROLL_READ
    help_page = "employees"

    def found(self) -> Employee:
        rows = Employee.of(self.company).select_related("company", "contact")
        employee: Employee = get_object_or_404(rows, pk=self.kwargs["employee"])
        return employee

    def note(self, employee: Employee) -> None:
        access_log.note(company=self.company, by=self.access.user, subject=employee,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip

    def home(self, employee: Employee) -> HttpResponse:
        return redirect("employee", self.company.pk, employee.pk)

    def known(self) -> Known:
        return Known(self.company, on=clock.today())

    def say(self, findings: Iterable[Finding]) -> None:
        """Show what should be looked at, after something was saved."""
        for one in telling.all_told(findings):
            messages.warning(self.request, one.text)

    @property
    def opens_ahv(self) -> bool:
        """Whether AHV numbers are shown whole: to those who enter them."""
        return self.access.may(Permission.PAYROLL_PEOPLE)
