"""``/api/v1/companies/``: the companies a user may open."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from erp.access.gate import companies_of
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.companies.models import Company


class CompanyOutput(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = ("id", "short_name", "name", "legal_form", "uid", "street", "house_number",
                  "postcode", "town", "country", "language", "currency", "modules")  # fmt: skip


class CompaniesViewSet(ViewSet):
    """``/api/v1/companies/``"""

    @extend_schema(responses=CompanyOutput(many=True))
    def list(self, request: Request) -> Response:
        with transaction.atomic():
            found = companies_of(request.user)  # type: ignore[arg-type]
        return Response(CompanyOutput(found, many=True).data)


class OneCompanyViewSet(CompanyViewSet):
    """``/api/v1/companies/{company}/``"""

    permissions = {"read": Permission.COMPANY_READ}
    pagination_class = None

    @extend_schema(responses=CompanyOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        return with_etag(CompanyOutput(self.company).data)


general = [path("companies/", CompaniesViewSet.as_view({"get": "list"}), name="api-companies")]
of_company = [path("", OneCompanyViewSet.as_view({"get": "read"}), name="api-company")]
