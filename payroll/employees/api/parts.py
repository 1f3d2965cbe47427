"""``…/employee-leave/``, ``…/employee-files/``"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.api.shapes import LARGEST_ID
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType, UploadInput
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core.filetypes import DOCUMENTS
from erp.documents.storing import read_upload
from payroll.employees import documents, leave
from payroll.employees.api.shapes import (
    EmployeeField,
    EmployeeFileOutput,
    LeaveEntryInput,
    LeaveOutput,
)
from payroll.employees.facts import LeaveKind
from payroll.employees.models import Employee, EmployeeFile, LeaveEntry
from payroll.employees.views.files import served

Look = AccessLogEntry.Kind


class OfEmployeeQuery(serializers.Serializer[Any]):
    employee = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class OfEmployees(CompanyViewSet):
    """Rows that belong to employees; looks are noted as looks at these."""

    def list(self, request: Request, **kwargs: Any) -> Response:
        found = self.get_queryset()
        if pk := self.asked(OfEmployeeQuery).get("employee"):
            found = found.filter(employee=pk)
        page = self.paginate_queryset(found) or []
        access_log.note(company=self.company, by=self.access.user, subject=Employee, kind=Look.LIST,
                        count=len({one.employee_id for one in page}))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=found.employee,
                        kind=Look.READ)  # fmt: skip
        return self.shown(found)


class LeaveViewSet(OfEmployees):
    """``…/employee-leave/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_CAPTURE,
        "destroy": Permission.PAYROLL_CAPTURE,
    }
    serializer_class = LeaveOutput
    queryset = LeaveEntry.unscoped.none()

    def get_queryset(self) -> QuerySet[LeaveEntry]:
        return LeaveEntry.of(self.company).select_related("employee", "company")

    @extend_schema(parameters=[OfEmployeeQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Bookings of holidays, overtime and other absences."""
        return super().list(request, **kwargs)

    @extend_schema(request=LeaveEntryInput, responses={201: LeaveOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(LeaveEntryInput)
        told["kind"] = LeaveKind(told["kind"])
        return self.shown(leave.book(told.pop("employee"), by=self.access.user, **told), 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a booking away that was wrong."""
        leave.remove(self.changing(), by=self.access.user)
        return Response(status=204)


class EmployeeFileInput(UploadInput):
    employee = EmployeeField()
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)


class EmployeeFileViewSet(OfEmployees):
    """``…/employee-files/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "file": Permission.PAYROLL_EXPORT,
        "create": Permission.PAYROLL_PEOPLE,
        "destroy": Permission.PAYROLL_PEOPLE,
    }
    step_up = frozenset({"file"})
    serializer_class = EmployeeFileOutput
    queryset = EmployeeFile.unscoped.none()
    parser_classes = (MultiPartParser, JSONParser)
    renderer_classes = (JSONRenderer, AnyType)

    def get_queryset(self) -> QuerySet[EmployeeFile]:
        rows = EmployeeFile.of(self.company).select_related("employee", "company")
        return rows if self.action == "file" else rows.defer("content")

    @extend_schema(parameters=[OfEmployeeQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Documents of people's files."""
        return super().list(request, **kwargs)

    @extend_schema(request={"multipart/form-data": EmployeeFileInput},
                   responses={201: EmployeeFileOutput})  # fmt: skip
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Keep a document (PDF, JPEG, PNG, WebP or HEIC) with somebody, sealed."""
        told = self.told(EmployeeFileInput)
        upload = told["file"]
        row = documents.attach(
            told["employee"], name=upload.name or "", content=read_upload(upload),
            title=told.get("title", ""), by=self.access.user,
        )  # fmt: skip
        return self.shown(row, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        documents.detach(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in DOCUMENTS})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The document, to be saved; wants the second factor."""
        row = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=row.employee,
                        kind=Look.EXPORT)  # fmt: skip
        return served(row)
