"""“My wage”: one's own slips and certificates; each PDF wants the second factor."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.web.export import as_file
from erp.web.pages import CompanyView
from payroll.declarations import issuing
from payroll.declarations import papers as certificates
from payroll.delivery.signing_in import employee_of
from payroll.employees.models import Employee
from payroll.portal import queries
from payroll.runs import papers

PAGE: Final = 60  # five years of months


class OwnView(CompanyView):
    """A page of one's own: who looks is found by the sign-in, never by the address."""

    permission = Permission.PAYROLL_OWN
    help_page = "my-wage"

    def me(self) -> Employee | None:
        return employee_of(self.company, self.access.user)

    def note(self, kind: str, employee: Employee) -> None:
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=employee)


class MyWage(OwnView):
    """``/c/{company}/payroll/my-wage/``: one's own posted slips and certificates, without amounts."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        me = self.me()
        context: dict[str, Any] = {"page_title": _("My wage"), "me": me}
        if me is not None:
            self.note("list", me)
            slips = Paginator(queries.slips_of(me), PAGE).get_page(request.GET.get("page"))
            context |= {"page": slips, "slips": list(slips.object_list),
                        "certificates": list(queries.certificates_of(me))}  # fmt: skip
        return render(request, "payroll/portal/my_wage.html", context)


class MySlip(OwnView):
    """``…/payroll/my-wage/slips/{slip}/``: one's own slip as PDF."""

    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        me = self.me()
        slip = queries.slip_of(me, kwargs["slip"])
        assert me is not None
        self.note("export", me)
        slip.run.company = self.company
        return as_file(
            papers.paper_of(slip), "application/pdf", papers.file_name(slip.run, slip.content)
        )


class MyCertificate(OwnView):
    """``…/payroll/my-wage/certificates/{file}/``: one's own wage certificate as it was issued."""

    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        me = self.me()
        row = queries.certificate_of(me, kwargs["file"])
        assert me is not None
        self.note("export", me)
        return as_file(
            issuing.paper_of(row), "application/pdf", certificates.file_name(row.content)
        )
