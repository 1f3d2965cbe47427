"""Wage papers of many as one file: slips of a run, certificates of a year; to be printed, or each in a ZIP."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.audit import access_log
from erp.documents import joining
from erp.web.export import as_file
from payroll.declarations import delivering as certificates
from payroll.declarations import issuing
from payroll.declarations.gathering import YEARS
from payroll.delivery import archive
from payroll.employees.models import Employee
from payroll.runs import delivering as slips
from payroll.runs import papers, queries
from payroll.runs.models import PayrollRun

AS_PDF = extend_schema(request=None, responses={(200, "application/pdf"): OpenApiTypes.BINARY})
AS_ZIP = extend_schema(request=None, responses={(200, "application/zip"): OpenApiTypes.BINARY})


class Papers(CompanyViewSet):
    """What leaves the house: ``payroll.export``, with the second factor used minutes ago."""

    permissions = dict.fromkeys(("whole", "paper", "archive"), Permission.PAYROLL_EXPORT)
    step_up = frozenset(permissions)
    serializer_class = serializers.Serializer
    queryset = PayrollRun.unscoped.none()
    pagination_class = None

    def note(self, count: int) -> None:
        access_log.note(company=self.company, by=self.access.user, kind="export",
                        subject=Employee, count=count)  # fmt: skip

    def pdf(self, content: bytes, name: str) -> HttpResponse:
        return as_file(content, "application/pdf", f"{self.company.short_name}-{name}.pdf")


class SlipPapers(Papers):
    """``…/payroll-runs/{run}/papers/…``"""

    def run(self) -> PayrollRun:
        rows = queries.runs_of(self.company)
        run: PayrollRun = get_object_or_404(rows, pk=self.kwargs["run"])
        run.company = self.company
        return run

    @AS_PDF
    def whole(self, request: Request, **kwargs: Any) -> HttpResponse:
        """All slips of a run as one PDF; wants the second factor."""
        run = self.run()
        self.note(run.people)  # type: ignore[attr-defined]
        return self.pdf(papers.whole_pdf(run), f"{run.month:%Y-%m}")

    @AS_PDF
    def paper(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The slips of those who get them on paper, to be printed; wants the second factor."""
        run = self.run()
        content, count = slips.printed(run)
        self.note(count)
        return self.pdf(content, f"{run.month:%Y-%m}-print")

    @AS_ZIP
    def archive(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """All slips of a posted run, each as its PDF, in a ZIP; wants the second factor."""
        run = self.run()
        ids = slips.archived(run)
        self.note(len(ids))
        return archive.as_zip(
            self.access, ids, slips.fetched, needs=Permission.PAYROLL_EXPORT,
            name=f"{self.company.short_name}-{run.month:%Y-%m}.zip",
        )  # fmt: skip


class CertificatePapers(Papers):
    """``…/payroll/years/{year}/papers/…``"""

    @property
    def year(self) -> int:
        """The year of the address; a 404 where there cannot be payroll."""
        if self.kwargs["year"] not in YEARS:
            raise Http404
        return int(self.kwargs["year"])

    @AS_PDF
    def whole(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The valid certificates of all people as one PDF; wants the second factor."""
        rows = issuing.current(self.company, self.year)
        self.note(len(rows))
        content = joining.joined(issuing.paper_of(row) for row in rows)
        return self.pdf(content, f"{self.year}-certificates")

    @AS_PDF
    def paper(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The certificates of those who get them on paper, to be printed; wants the second factor."""
        content, count = certificates.printed(self.company, self.year)
        self.note(count)
        return self.pdf(content, f"{self.year}-certificates-print")

    @AS_ZIP
    def archive(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The valid certificates, each as it was issued, in a ZIP; wants the second factor."""
        ids = [pk for pk, _employee in issuing.current_ids(self.company, self.year)]
        if not ids:
            raise joining.NothingToPrint
        self.note(len(ids))
        return archive.as_zip(
            self.access, ids, certificates.fetched, needs=Permission.PAYROLL_EXPORT,
            name=f"{self.company.short_name}-{self.year}-certificates.zip",
        )  # fmt: skip


urls = [
    path(f"{start}papers/{address}/",
         view.as_view({"get": action}, renderer_classes=[JSONRenderer, AnyType]),
         name=f"{name}-{address}")
    for start, view, name in (
        ("payroll-runs/<int:run>/", SlipPapers, "payslip-papers"),
        ("payroll/years/<int:year>/", CertificatePapers, "certificate-papers"),
    )
    for address, action in (("all", "whole"), ("print", "paper"), ("zip", "archive"))
]  # fmt: skip
