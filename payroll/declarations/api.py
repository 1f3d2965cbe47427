"""``…/payroll/years/``: certificates, wage accounts, lists, reconciliation and export of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.files import AnyType
from erp.api.inputs import AmountField, DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.audit import access_log
from erp.core import clock
from erp.jobs.starting import start
from erp.web.export import as_file
from payroll.declarations import deferring, elm, issuing, jobs, papers
from payroll.declarations.accounts import Part, person_table, recap_table, wage_account
from payroll.declarations.gathering import YEARS, PersonYear, year_of, years_of
from payroll.declarations.listing import TITLES, report_of, subtitle_of
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.preparing import Prepared, prepared
from payroll.declarations.reconciling import reconcile, reconciliation_table
from payroll.employees.models import Employee
from payroll.wage_types.queries import names_of


class PayrollYearOutput(serializers.Serializer[Any]):
    """A year in which something is posted."""

    year = serializers.IntegerField()


class CertificateOutput(serializers.Serializer[Any]):
    """A wage certificate as it would be issued today; boxes by number, exact, in CHF.

    ``state`` is open, issued, changed (differs from the issued one) or missing; ``issued`` is the id of
    the valid one. ``missing`` says what stands in the way.
    """

    employee = serializers.IntegerField(source="person.file.id")
    name = serializers.CharField(source="person.file.name")
    number = serializers.CharField(source="person.file.number")
    nth = serializers.IntegerField()
    first = DayField(source="draft.first")
    last = DayField(source="draft.last")
    language = serializers.CharField(source="draft.language")
    boxes = serializers.SerializerMethodField()
    state = serializers.CharField()
    issued = serializers.IntegerField(source="issued.pk", default=None, allow_null=True)
    changed = serializers.ListField(child=serializers.CharField())
    missing = serializers.SerializerMethodField()

    def get_boxes(self, row: Prepared) -> dict[str, str]:
        return {box: f"{row.draft.box(box):.2f}" for box in [*row.draft.boxes, "8", "11"]}

    def get_missing(self, row: Prepared) -> list[str]:
        return [str(one) for one in row.missing]


class PayrollYearWhole(PayrollYearOutput):
    """A year with all certificates as they would be issued today."""

    certificates = CertificateOutput(many=True)


class WageAccountRowOutput(serializers.Serializer[Any]):
    """A row of a wage account: twelve months and their total, in CHF."""

    number = serializers.CharField()
    name = serializers.CharField()
    months = serializers.ListField(child=AmountField())
    total = AmountField()


class WageAccountPartOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    rows = WageAccountRowOutput(many=True)


class PayrollListOutput(serializers.Serializer[Any]):
    """A list: ``columns`` tells what the keys of ``rows`` are called; amounts are texts, in CHF."""

    list = serializers.CharField()
    title = serializers.CharField()
    columns = serializers.DictField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.DictField())


class PayrollCheckOutput(serializers.Serializer[Any]):
    """Two sums that must agree but for what is explained."""

    name = serializers.CharField()
    left = serializers.CharField()
    left_amount = AmountField()
    right = serializers.CharField()
    right_amount = AmountField()
    explained = AmountField()
    difference = AmountField()
    agrees = serializers.BooleanField()


class PayrollAccountOutput(serializers.Serializer[Any]):
    """An account: by payslips, posted by payroll, other entries; debit positive."""

    number = serializers.CharField()
    name = serializers.CharField()
    slips = AmountField()
    posted = AmountField()
    others = AmountField()
    agrees = serializers.BooleanField()


class PayrollReconciliationOutput(serializers.Serializer[Any]):
    agrees = serializers.BooleanField()
    missing = serializers.CharField()
    clearing = AmountField(allow_null=True)
    checks = PayrollCheckOutput(many=True)
    accounts = PayrollAccountOutput(many=True)


class SurveyQuery(serializers.Serializer[Any]):
    agreement = serializers.CharField(
        max_length=40, required=False, help_text=", ".join(elm.AGREEMENTS)
    )


class AccrueInput(Input):
    account = serializers.CharField(
        max_length=10, required=False, help_text="Where what is owed stands; 2300 without"
    )


class AccruedOutput(serializers.Serializer[Any]):
    """The entries of the accruals: at the end of the year, and back on New Year."""

    closing = serializers.IntegerField(source="closing.pk")
    opening = serializers.IntegerField(source="opening.pk")


class PayrollYearViewSet(Filed):
    """``…/payroll/years/``; their ids are the years."""

    lookup_value_regex = "[12][0-9]{3}"

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "account": Permission.PAYROLL_READ,
        "recap": Permission.PAYROLL_READ,
        "listed": Permission.PAYROLL_READ,
        "reconciliation": Permission.PAYROLL_READ,
        "issue": Permission.PAYROLL_EXPORT,
        "certificate": Permission.PAYROLL_EXPORT,
        "elm": Permission.PAYROLL_EXPORT,
        "elm_month": Permission.PAYROLL_EXPORT,
        "survey": Permission.PAYROLL_EXPORT,
        "accrue": Permission.PAYROLL_POST,
        "undo_accruals": Permission.PAYROLL_POST,
    }
    step_up = frozenset({"issue", "certificate", "elm", "elm_month", "survey"})
    takes_along = dict.fromkeys(
        ("account", "recap", "listed", "reconciliation"), Permission.PAYROLL_EXPORT
    )
    fresh = frozenset(takes_along)
    serializer_class = PayrollYearOutput
    queryset = IssuedCertificate.unscoped.none()
    pagination_class = None

    def year(self, pk: str) -> int:
        """The year of the address; a 404 where there cannot be payroll."""
        if int(pk) not in YEARS:
            raise Http404
        return int(pk)

    def people(self, pk: str, **more: Any) -> Sequence[PersonYear]:
        """The people of a year; a 404 where nothing is posted."""
        found = year_of(self.company, self.year(pk), **more)
        if not found:
            raise Http404
        return found

    def note(self, count: int, kind: str = "") -> None:
        kind = kind or ("export" if self.form else "list")
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=Employee,
                        count=count)  # fmt: skip

    def note_one(self, employee: int, kind: str = "") -> None:
        """Note in the access log whose data were looked at, or left the house."""
        kind = kind or ("export" if self.form else "read")
        access_log.note(company=self.company, by=self.access.user, kind=kind,
                        subject=Employee(pk=employee, company=self.company))  # fmt: skip

    @extend_schema(responses=PayrollYearOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The years in which something is posted, the latest first."""
        return Response([{"year": one} for one in years_of(self.company)])

    @extend_schema(responses=PayrollYearWhole)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """All people of a year with their certificates as they would be issued today."""
        rows = prepared(self.company, self.year(pk))
        if not rows:
            raise Http404
        self.note(len(rows))
        told = {"year": self.year(pk), "certificates": rows}
        return Response(PayrollYearWhole(told).data)

    @shown_or_filed(WageAccountPartOutput(many=True))
    @action(detail=True, url_path=r"accounts/(?P<employee>[0-9]{1,18})")
    def account(
        self, request: Request, pk: str, employee: str, **kwargs: Any
    ) -> HttpResponse | Response:
        """A person's wage account."""
        found = self.people(pk, only=[int(employee)])
        self.note_one(int(employee))
        if self.form:
            return self.filed(person_table(found[0], self.year(pk), names_of(self.company)))
        return self.told_in_parts(wage_account(found, names_of(self.company)))

    @shown_or_filed(WageAccountPartOutput(many=True))
    @action(detail=True)
    def recap(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """All wage accounts of a year as one."""
        found = self.people(pk)
        self.note(len(found))
        if self.form:
            return self.filed(recap_table(found, self.year(pk), names_of(self.company)))
        return self.told_in_parts(wage_account(found, names_of(self.company)))

    def told_in_parts(self, parts: Sequence[Part]) -> Response:
        return Response(WageAccountPartOutput(parts, many=True).data)

    @shown_or_filed(PayrollListOutput)
    @action(detail=True, url_path=r"lists/(?P<list>[a-z-]{2,20})")
    def listed(
        self, request: Request, pk: str, list: str, **kwargs: Any
    ) -> HttpResponse | Response:
        """A list: ahv, ahv-open, alv, fak, uvg, uvgz, ktg, bvg, tax, institutions or accruals."""
        if list not in TITLES:
            raise Http404
        found = self.people(pk)
        self.note(len(found))
        report = report_of(self.company, list, found)
        if self.form:
            subtitle = subtitle_of(self.company, list)
            return self.filed(report.as_table(year=self.year(pk), subtitle=subtitle))
        if not self.access.may(Permission.PAYROLL_PEOPLE):
            report = report.masked()
        told = {"list": report.key, "title": report.title, "columns": dict(report.columns),
                "rows": report.as_objects()}  # fmt: skip
        return Response(PayrollListOutput(told).data)

    @shown_or_filed(PayrollReconciliationOutput)
    @action(detail=True)
    def reconciliation(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """Payroll beside certificates, lists and ledger."""
        rows = prepared(self.company, self.year(pk))
        if not rows:
            raise Http404
        self.note(len(rows))
        found = reconcile(self.company, self.year(pk), rows)
        if self.form:
            return self.filed(reconciliation_table(found, year=self.year(pk)))
        return Response(PayrollReconciliationOutput(found).data)

    @extend_schema(request=None, responses={202: JobOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="certificates")
    def issue(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Issue the certificates that are due, in the background; wants the second factor."""
        return self.once(lambda: accepted(start(
            jobs.CERTIFICATES, company=self.company, by=self.access.user,
            arguments={"year": self.year(pk)}, within=bearer_in(request),
        )))  # fmt: skip

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"certificates/(?P<certificate>[0-9]{1,18})/pdf",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def certificate(
        self, request: Request, pk: str, certificate: str, **kwargs: Any
    ) -> HttpResponse:
        """A certificate byte by byte as it was issued; wants the second factor."""
        row = get_object_or_404(
            IssuedCertificate.of(self.company), pk=certificate, year=self.year(pk)
        )
        self.note_one(row.employee_id, kind="export")
        return as_file(issuing.paper_of(row), "application/pdf", papers.file_name(row.content))

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[JSONRenderer, AnyType])
    def elm(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The year in the structure of ELM 5.0, without Swissdec certification; wants the second factor."""
        made = elm.declaration_of(
            self.company, self.year(pk), at=clock.now().astimezone(clock.ZURICH)
        )
        self.note(len(made.people), kind="export")
        name = f"{self.company.short_name}-{pk}-elm5-export.xml"
        return as_file(elm.written(made), "application/xml", name)

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"elm-tax/(?P<month>0?[1-9]|1[0-2])",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def elm_month(self, request: Request, pk: str, month: str, **kwargs: Any) -> HttpResponse:
        """A month's withholding tax in the structure of ELM 5.0, without Swissdec certification."""
        first = dt.date(self.year(pk), int(month), 1)
        made = elm.message_of(self.company, first, at=clock.now().astimezone(clock.ZURICH))
        self.note(len(made.declaration.people), kind="export")
        name = f"{self.company.short_name}-{first:%Y-%m}-elm5-tax-export.xml"
        return as_file(elm.written_month(made), "application/xml", name)

    @extend_schema(
        responses={(200, "application/xml"): OpenApiTypes.BINARY}, parameters=[SurveyQuery]
    )
    @action(detail=True, url_path=r"survey/(?P<month>0?[1-9]|1[0-2])",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def survey(self, request: Request, pk: str, month: str, **kwargs: Any) -> HttpResponse:
        """The survey of wages (LSE) in the structure of ELM 5.0, without Swissdec certification."""
        first, told = dt.date(self.year(pk), int(month), 1), self.asked(SurveyQuery)
        made = elm.survey_of(self.company, first, at=clock.now().astimezone(clock.ZURICH), **told)
        self.note(len(made.declaration.people), kind="export")
        name = f"{self.company.short_name}-{first:%Y-%m}-elm5-survey-export.xml"
        return as_file(elm.written_survey(made), "application/xml", name)

    @extend_schema(request=AccrueInput, responses={201: AccruedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="accruals")
    def accrue(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post what is owed to employees at the end of the year, and take it back on New Year."""

        def act() -> Response:
            told = self.told(AccrueInput)
            number = told.get("account", deferring.USUAL)
            account = Account.of(self.company).filter(number=number).first()
            if account is None:
                raise deferring.WrongAccrualAccount(value=number)
            done = deferring.post_accruals(company=self.company, year=self.year(pk),
                                           by=self.access.user, account=account)  # fmt: skip
            return Response(AccruedOutput(done).data, 201)

        return self.once(act)

    @extend_schema(request=None, responses={204: None}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="accruals/undo")
    def undo_accruals(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Reverse both entries of the accruals."""

        def act() -> Response:
            deferring.undo_accruals(company=self.company, year=self.year(pk), by=self.access.user)
            return Response(status=204)

        return self.once(act)


router = SimpleRouter()
router.register("payroll/years", PayrollYearViewSet, basename="payroll-years")
urls = router.urls
