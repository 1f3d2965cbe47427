"""Delivering the certificates of a year: the log, papers to print, and all as a ZIP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.documents.joining import NothingToPrint
from erp.web.export import as_file
from payroll.declarations import delivering, issuing
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.views.common import FileView, YearView
from payroll.delivery import archive
from payroll.delivery.views.common import DeliveriesPage, job_context


class Deliveries(DeliveriesPage, YearView):
    """``…/payroll/year/{year}/deliveries/``: who gets a certificate how; a POST delivers."""

    def log(self) -> HttpResponse:
        told = self.logged(delivering.log_of(self.company, self.year))
        self.note(len(told["rows"]))
        return self.show(
            self.request, "deliveries.html", "deliveries", **told,
            page_title=_("Delivery of the certificates %(year)s") % {"year": self.year},
            **job_context(self.company, delivering.DELIVER, year=self.year),
        )  # fmt: skip

    def home(self) -> HttpResponse:
        return redirect("payroll-year-deliveries", self.company.pk, self.year)

    def begin(self, link: str) -> None:
        delivering.begin(self.company, self.year, by=self.access.user, link=link)

    def deliver_again(self, record: int, link: str) -> None:
        rows = IssuedCertificate.of(self.company).select_related("company")
        row = get_object_or_404(rows.defer("paper"), year=self.year, pk=record)
        delivering.deliver_again(row, by=self.access.user, link=link)


class PrintCertificates(FileView):
    """``…/payroll/year/{year}/deliveries/print.pdf``: those of people who get them on paper."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            content, count = delivering.printed(self.company, self.year)
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("payroll-year-deliveries", self.company.pk, self.year)
        self.note(count, kind="export")
        name = f"{self.company.short_name}-{self.year}-certificates-print.pdf"
        return as_file(content, "application/pdf", name)


class ZipCertificates(FileView):
    """``…/payroll/year/{year}/certificates.zip``: the valid certificates, each as it was issued."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ids = [pk for pk, _employee in issuing.current_ids(self.company, self.year)]
        if not ids:
            self.tell_all(NothingToPrint())
            return redirect("payroll-year-deliveries", self.company.pk, self.year)
        self.note(len(ids), kind="export")
        return archive.as_zip(
            self.access, ids, delivering.fetched, needs=Permission.PAYROLL_EXPORT,
            name=f"{self.company.short_name}-{self.year}-certificates.zip",
        )  # fmt: skip
