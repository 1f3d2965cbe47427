"""Delivering the slips of a run: the log, papers to print, and all as a ZIP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.export import as_file
from payroll.delivery import archive
from payroll.delivery.views.common import DeliveriesPage, job_context
from payroll.runs import delivering
from payroll.runs.models import Payslip
from payroll.runs.views.common import RunsView


class Deliveries(DeliveriesPage, RunsView):
    """``…/runs/{run}/deliveries/``: who gets a slip how, and what became of it; a POST delivers."""

    def log(self) -> HttpResponse:
        run = self.run()
        told = self.logged(delivering.log_of(run))
        self.note(len(told["rows"]))
        return render(self.request, "payroll/runs/deliveries.html", {
            "page_title": _("Delivery of the payslips %s") % run, "run": run, **told,
            **job_context(self.company, delivering.DELIVER, run=run.pk),
        })  # fmt: skip

    def home(self) -> HttpResponse:
        return redirect("payroll-deliveries", self.company.pk, self.kwargs["run"])

    def begin(self, link: str) -> None:
        delivering.begin(self.run(), by=self.access.user, link=link)

    def deliver_again(self, record: int, link: str) -> None:
        rows = Payslip.of(self.company).select_related("run")
        slip = get_object_or_404(rows, run=self.kwargs["run"], pk=record)
        slip.run.company = self.company
        delivering.deliver_again(slip, by=self.access.user, link=link)


class RunFile(RunsView):
    """What leaves the house of a run: ``payroll.export``, with the second factor used minutes ago."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"GET"})
    help_page = "payroll-delivery"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.made()
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("payroll-deliveries", self.company.pk, kwargs["run"])

    def made(self) -> HttpResponseBase:
        raise NotImplementedError


class PrintSlips(RunFile):
    """``…/runs/{run}/deliveries/print.pdf``: the slips of those who get them on paper, to be printed."""

    def made(self) -> HttpResponseBase:
        run = self.run()
        content, count = delivering.printed(run)
        self.note(count, kind="export")
        name = f"{self.company.short_name}-{run.month:%Y-%m}-print.pdf"
        return as_file(content, "application/pdf", name)


class ZipSlips(RunFile):
    """``…/runs/{run}/slips.zip``: all slips of a run, each as its PDF, from the archive."""

    def made(self) -> HttpResponseBase:
        run = self.run()
        ids = delivering.archived(run)
        self.note(run.people, kind="export")  # type: ignore[attr-defined]
        return archive.as_zip(
            self.access, ids, delivering.fetched, needs=Permission.PAYROLL_EXPORT,
            name=f"{self.company.short_name}-{run.month:%Y-%m}.zip",
        )  # fmt: skip
