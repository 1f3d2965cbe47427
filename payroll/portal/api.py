"""``…/my-wages/``, ``…/my-wage-certificates/``, ``…/my-leave/``: what is one's own, for phones."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import DayField, MonthField
from erp.audit import access_log
from erp.core import clock
from erp.core.clock import YEARS
from erp.web.export import as_file
from payroll.declarations import issuing
from payroll.declarations import papers as certificates
from payroll.declarations.models import IssuedCertificate
from payroll.delivery.signing_in import employee_of
from payroll.employees import leave
from payroll.employees.api.shapes import BalanceOutput
from payroll.employees.models import Employee
from payroll.portal import queries
from payroll.runs import papers
from payroll.runs.models import Payslip


class OwnViewSet(mixins.ListModelMixin, CompanyViewSet):
    """One's own papers: who asks is found by the sign-in, never by the address."""

    permissions = {"list": Permission.PAYROLL_OWN, "pdf": Permission.PAYROLL_OWN}
    step_up = frozenset({"pdf"})

    def me(self) -> Employee | None:
        return employee_of(self.company, self.access.user)

    def note(self, kind: str, employee: Employee | None) -> None:
        if employee is not None:
            access_log.note(company=self.company, by=self.access.user, kind=kind, subject=employee)


class MyPayslipOutput(serializers.ModelSerializer[Payslip]):
    """One's own slip of a posted run; amounts stand in its PDF alone."""

    month = MonthField(source="run.month")
    pay_date = DayField(source="run.pay_date")
    is_correction = serializers.BooleanField(source="run.is_correction")

    class Meta:
        model = Payslip
        fields = ("id", "month", "pay_date", "is_correction")


class MyCertificateOutput(serializers.ModelSerializer[IssuedCertificate]):
    """One's own valid wage certificate; amounts stand in its PDF alone."""

    class Meta:
        model = IssuedCertificate
        fields = ("id", "year", "version", "issued_at")


class MyWageViewSet(OwnViewSet):
    """``…/my-wages/``"""

    serializer_class = MyPayslipOutput
    queryset = Payslip.unscoped.none()
    ordering = ("-run__month", "-pk")

    def get_queryset(self) -> QuerySet[Payslip]:
        me = self.me()
        self.note("list", me)
        return queries.slips_of(me) if me else Payslip.unscoped.none()

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """One's own slip as PDF; wants the second factor."""
        me = self.me()
        slip = queries.slip_of(me, int(pk))
        self.note("export", me)
        slip.run.company = self.company
        return as_file(
            papers.paper_of(slip), "application/pdf", papers.file_name(slip.run, slip.content)
        )


class MyCertificateViewSet(OwnViewSet):
    """``…/my-wage-certificates/``"""

    serializer_class = MyCertificateOutput
    queryset = IssuedCertificate.unscoped.none()
    ordering = ("-year", "-pk")

    def get_queryset(self) -> QuerySet[IssuedCertificate]:
        me = self.me()
        self.note("list", me)
        return queries.certificates_of(me) if me else IssuedCertificate.unscoped.none()

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """One's own certificate as it was issued; wants the second factor."""
        me = self.me()
        row = queries.certificate_of(me, int(pk))
        self.note("export", me)
        return as_file(
            issuing.paper_of(row), "application/pdf", certificates.file_name(row.content)
        )


class MyLeaveQuery(serializers.Serializer[Any]):
    year = serializers.IntegerField(
        min_value=YEARS[0], max_value=YEARS[-1], required=False, help_text="This year without"
    )


class MyLeaveViewSet(OwnViewSet):
    """``…/my-leave/``"""

    permissions = {"list": Permission.PAYROLL_OWN}
    step_up = frozenset()
    serializer_class = BalanceOutput
    queryset = Employee.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[MyLeaveQuery], responses=BalanceOutput(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One's own holidays (days) and overtime (hours) of a year; nothing for who is nobody's here."""
        me, year = self.me(), self.asked(MyLeaveQuery).get("year", clock.today().year)
        self.note("read", me)
        found = leave.balances_of(me, year) if me else []
        return Response(BalanceOutput(found, many=True).data)


router = SimpleRouter()
router.register("my-wages", MyWageViewSet, basename="my-wages")
router.register("my-wage-certificates", MyCertificateViewSet, basename="my-wage-certificates")
router.register("my-leave", MyLeaveViewSet, basename="my-leave")
urls = router.urls
