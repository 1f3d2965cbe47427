"""What pages of runs have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.core import clock
from erp.web.pages import CompanyView
from payroll.employees.models import Employee
from payroll.runs import queries
from payroll.runs.models import PayrollRun


class RunsView(CompanyView):
    """A page of runs: looking is ``payroll.read``, acts say what they need."""

    permission = Permission.PAYROLL_READ
    help_page = "payroll-runs"

    def run(self) -> PayrollRun:
        run: PayrollRun = get_object_or_404(queries.runs_of(self.company), pk=self.kwargs["run"])
        run.company = self.company
        return run

    def here(self, run: PayrollRun | None = None) -> HttpResponse:
        return redirect("payroll-run", self.company.pk, run.pk if run else self.kwargs["run"])

    def note(self, count: int, *, kind: str = "list", subject: Any = Employee) -> None:
        """Note in the access log that wages were looked at."""
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=subject,
                        count=count if subject is Employee else None)  # fmt: skip


def read_month(text: str | None) -> dt.date | None:
    """The first day of a month written 2026-03, 03.2026 or as a day of it; None for anything else."""
    written = (text or "").strip()
    for form in ("%Y-%m", "%m.%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return dt.datetime.strptime(written, form).date().replace(day=1)  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


def this_month() -> dt.date:
    return clock.today().replace(day=1)
