"""``…/payroll/years/{year}/people/{employee}/…``: what is typed for one certificate, and issuing it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import AmountField, DayField, Input
from erp.api.schema import KEY
from erp.audit import access_log
from erp.documents import joining
from erp.web.export import as_file
from payroll.declarations import issuing, noting, papers
from payroll.declarations.gathering import YEARS
from payroll.declarations.notes import AbroadKind, Grant, Notes
from payroll.declarations.preparing import prepared
from payroll.employees.models import Employee
from payroll.rates.cantonal import CANTONS


class RulingField(Input):
    """A ruling of a canton, of a day."""

    canton = serializers.ChoiceField(choices=CANTONS)
    date = DayField()

    def validate(self, told: dict[str, Any]) -> Grant:  # type: ignore[override]
        return Grant(**told)


class CertificateNotesInput(Input):
    """What no slip tells of a certificate; what is left out is as if it were blank.

    ``activity_rate`` and ``field_work`` are in percent, null: as the contract says, none;
    ``relocation_costs`` in CHF.
    """

    is_pension = serializers.BooleanField(default=False, help_text="box B")
    free_transport = serializers.BooleanField(default=False, help_text="box F")
    canteen = serializers.BooleanField(default=False, help_text="box G")
    benefits = serializers.CharField(max_length=300, default="", allow_blank=True)
    remark = serializers.CharField(max_length=600, default="", allow_blank=True)
    continued_for = serializers.CharField(max_length=200, default="", allow_blank=True)
    activity_rate = AmountField(positive=True, default=None, allow_null=True)
    relocation_costs = AmountField(positive=True, default=None, allow_null=True)
    field_work = AmountField(positive=True, default=None, allow_null=True)
    field_work_kind = serializers.ChoiceField(
        choices=[one.value for one in AbroadKind], default=AbroadKind.EFFECTIVE.value
    )
    allowance_by_fund = serializers.BooleanField(default=False)
    tax_objection = serializers.BooleanField(default=False)
    car_to_clarify = serializers.BooleanField(default=False)
    minimal_car_part = serializers.BooleanField(default=False)
    shares_without_income = serializers.BooleanField(default=False)
    shares = RulingField(default=None, allow_null=True)
    expatriate = RulingField(default=None, allow_null=True)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        return told | {"field_work_kind": AbroadKind(told["field_work_kind"])}


class CertificateNotesOutput(CertificateNotesInput):
    """What was typed for a certificate; ``version`` 0 where nothing was."""

    version = serializers.IntegerField()


class IssuedNowOutput(serializers.Serializer[Any]):
    """The ids of the certificates that were issued; none where the issued ones are still right."""

    issued = serializers.ListField(child=serializers.IntegerField())


class OfPersonYear(CompanyViewSet):
    """``…/payroll/years/{year}/people/{employee}/…``"""

    permissions = {
        "notes": Permission.PAYROLL_READ,
        "save_notes": Permission.PAYROLL_PEOPLE,
        "issue": Permission.PAYROLL_EXPORT,
        "preview": Permission.PAYROLL_EXPORT,
    }
    step_up = frozenset({"issue", "preview"})
    serializer_class = CertificateNotesOutput
    queryset = Employee.unscoped.none()
    lookup_url_kwarg = "employee"
    pagination_class = None

    def get_queryset(self) -> QuerySet[Employee]:
        return Employee.of(self.company).select_related("company", "contact")

    @property
    def year(self) -> int:
        """The year of the address; a 404 where there cannot be payroll."""
        if self.kwargs["year"] not in YEARS:
            raise Http404
        return int(self.kwargs["year"])

    def person(self, kind: str) -> Employee:
        """Whom the address names; that their data are looked at, or leave the house, is noted."""
        employee: Employee = self.get_object()
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=employee)
        return employee

    def told_of(self, employee: Employee) -> dict[str, Any]:
        notes, version = noting.notes_of(employee, self.year)
        told: dict[str, Any] = msgspec.structs.asdict(notes)
        return told | {"version": version}

    @extend_schema(responses=CertificateNotesOutput)
    def notes(self, request: Request, **kwargs: Any) -> Response:
        """What was typed for a person's certificate of a year."""
        return self.shown(self.told_of(self.person("read")))

    @extend_schema(request=CertificateNotesInput, responses=CertificateNotesOutput)
    def save_notes(self, request: Request, **kwargs: Any) -> Response:
        """Type what a person's certificate needs beyond slips, in place of what there was."""
        self.access.require(Permission.PAYROLL_READ)  # what it answers is told to nobody else
        employee = self.person("read")
        Employee.of(self.company).select_for_update(no_key=True).get(pk=employee.pk)
        self.require_match(self.get_serializer(self.told_of(employee)).data)
        notes = Notes(**self.told(CertificateNotesInput))
        noting.save_notes(employee, year=self.year, notes=notes, by=self.access.user)
        return self.shown(self.told_of(employee))

    @extend_schema(request=None, responses={201: IssuedNowOutput}, parameters=[KEY])
    def issue(self, request: Request, **kwargs: Any) -> Response:
        """Issue one person's certificates, or replace them; wants the second factor."""
        employee = self.get_object()

        def act() -> Response:
            made = issuing.issue(company=self.company, year=self.year, only=[employee.pk],
                                 by=self.access.user)  # fmt: skip
            return Response(IssuedNowOutput({"issued": [one.pk for one in made]}).data, 201)

        return self.once(act)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def preview(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The PDF as it would be issued today; nothing is kept; wants the second factor."""
        rows = prepared(self.company, self.year, only=[self.person("export").pk])
        if not rows:
            raise Http404
        made = joining.joined(papers.pdf_of(issuing.final(one)) for one in rows)
        return as_file(made, "application/pdf", papers.file_name(rows[0].draft))


class DeclarationSettingsOutput(serializers.Serializer[Any]):
    """Who signs certificates, and by what rule expenses are paid."""

    contact_name = serializers.CharField(allow_blank=True)
    contact_phone = serializers.CharField(allow_blank=True)
    expense_rule = serializers.CharField(allow_blank=True)
    expense_canton = serializers.CharField(allow_blank=True)
    expense_date = DayField(allow_null=True)
    version = serializers.IntegerField()


class DeclarationSettingsInput(Input):
    """What is left out stays."""

    contact_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=80, required=False, allow_blank=True)
    expense_rule = serializers.ChoiceField(
        choices=noting.DeclarationSettings.ExpenseRule.choices, required=False
    )
    expense_canton = serializers.CharField(max_length=2, required=False, allow_blank=True)
    expense_date = DayField(required=False, allow_null=True)


class DeclarationSettingsViewSet(CompanyViewSet):
    """``…/payroll/declaration-settings/``"""

    permissions = {"read": Permission.PAYROLL_READ, "change": Permission.PAYROLL_SETTINGS}
    serializer_class = DeclarationSettingsOutput
    queryset = noting.DeclarationSettings.unscoped.none()
    pagination_class = None

    @extend_schema(responses=DeclarationSettingsOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """Who signs certificates, and by what rule expenses are paid."""
        return self.shown(noting.settings_of(self.company))

    @extend_schema(request=DeclarationSettingsInput, responses=DeclarationSettingsOutput)
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Change who signs, and the rule of expenses."""
        self.require_match(self.get_serializer(noting.settings_of(self.company)).data)
        told = self.told(DeclarationSettingsInput, partial=True)
        return self.shown(noting.change_settings(company=self.company, by=self.access.user, **told))


OF_PERSON = "payroll/years/<int:year>/people/<int:employee>/"
PDF: Any = [JSONRenderer, AnyType]
urls = [
    path(f"{OF_PERSON}notes/", OfPersonYear.as_view({"get": "notes", "put": "save_notes"}),
         name="payroll-certificate-notes"),
    path(f"{OF_PERSON}issue/", OfPersonYear.as_view({"post": "issue"}),
         name="payroll-certificate-issue-one"),
    path(f"{OF_PERSON}preview/", OfPersonYear.as_view({"get": "preview"}, renderer_classes=PDF),
         name="payroll-certificate-pdf-preview"),
    path("payroll/declaration-settings/",
         DeclarationSettingsViewSet.as_view({"get": "read", "patch": "change"}),
         name="declaration-settings"),
]  # fmt: skip
