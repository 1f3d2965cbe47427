"""``/api/v1/companies/``: the companies a user may open, and each company's own data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import open_to
from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet, session_of, with_etag
from erp.api.files import UploadInput
from erp.api.inputs import DayField, Input
from erp.api.paging import Pages
from erp.api.permissions import StepUpNeeded
from erp.api.personal import PersonalViewSet
from erp.cockpit.founding import founding_firms, set_up_client, set_up_company
from erp.cockpit.members import change_company
from erp.companies.models import Company, Language, LegalForm, Module
from erp.documents.logos import set_logo
from erp.documents.models import StoredFile
from erp.documents.serving import download
from erp.documents.storing import read_upload
from vat.codes.models import VatSettings

CURRENCIES = ("CHF", "EUR")


class CompanyOutput(serializers.ModelSerializer[Company]):
    """``logo_digest`` is the SHA-256 of the picture printed on documents, or blank."""

    class Meta:
        model = Company
        fields = ("id", "short_name", "name", "legal_form", "uid", "street", "house_number",
                  "postcode", "town", "country", "language", "currency", "modules",
                  "logo_digest")  # fmt: skip


class NewCompanyInput(Input):
    """A company to take on with chart, VAT codes and its first fiscal year.

    ``firm`` is the number of a fiduciary that ``…/firms/`` shows as one that may: the company
    becomes its client, with a mandate.
    """

    name = serializers.CharField(max_length=120)
    short_name = serializers.SlugField(max_length=30)
    legal_form = serializers.ChoiceField(choices=LegalForm.choices)
    uid = serializers.CharField(max_length=20, required=False, allow_blank=True)
    street = serializers.CharField(max_length=70, required=False, allow_blank=True)
    house_number = serializers.CharField(max_length=16, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=16, required=False, allow_blank=True)
    town = serializers.CharField(max_length=35, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices)
    currency = serializers.ChoiceField(choices=CURRENCIES)
    vat_method = serializers.ChoiceField(choices=VatSettings.Method.choices)
    vat_basis = serializers.ChoiceField(
        choices=VatSettings.Basis.choices,
        required=False,
        help_text="“agreed”, where it is left out",
    )
    year_start = DayField()
    year_end = DayField()
    modules = serializers.MultipleChoiceField(
        choices=Module.choices, required=False, help_text="All, where it is left out"
    )
    firm = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def validate_modules(self, chosen: set[str]) -> list[str]:
        return [module for module in Module.values if module in chosen]

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        first_year: tuple[dt.date, dt.date] = (told.pop("year_start"), told.pop("year_end"))
        return {"modules": list(Module.values), **told, "first_year": first_year}


class CompanyChange(Input):
    """The fields of a company that may change."""

    name = serializers.CharField(max_length=120)
    uid = serializers.CharField(max_length=20, allow_blank=True)
    street = serializers.CharField(max_length=70, allow_blank=True)
    house_number = serializers.CharField(max_length=16, allow_blank=True)
    postcode = serializers.CharField(max_length=16, allow_blank=True)
    town = serializers.CharField(max_length=35, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}\Z")
    language = serializers.ChoiceField(choices=Language.choices)
    modules = serializers.MultipleChoiceField(choices=Module.choices)

    def validate_modules(self, chosen: set[str]) -> list[str]:
        return [module for module in Module.values if module in chosen]


class CompaniesViewSet(PersonalViewSet):
    """``/api/v1/companies/``"""

    for_tokens = frozenset({"list"})
    serializer_class = CompanyOutput
    pagination_class = Pages
    ordering = ("name", "pk")

    def admit(self, request: Request) -> None:
        person = self.person
        if self.action == "create" and not (person.is_operator or founding_firms(person)):
            raise PermissionDenied

    @extend_schema(responses=CompanyOutput(many=True))
    def list(self, request: Request) -> Response:
        """The companies one works in, by name."""
        page = self.paginate_queryset(open_to(self.person, within=bearer_in(request)))
        return self.get_paginated_response(CompanyOutput(page, many=True).data)

    @extend_schema(request=NewCompanyInput)
    def create(self, request: Request) -> Response:
        """Take on a company; its short name keeps a repeat from founding another.

        Operators do, and with ``firm`` those who lead a fiduciary that may add its clients.
        """
        user = self.person
        told = self.told(NewCompanyInput)
        if "firm" in told or not user.is_operator:
            if not is_fresh(session_of(request)):
                raise StepUpNeeded
            company = set_up_client(by=user, **{"firm": 0, **told})
        else:
            company = set_up_company(by=user, **told)
        return with_etag(CompanyOutput(company).data, status=201)


class OneCompanyViewSet(CompanyViewSet):
    """``/api/v1/companies/{company}/``"""

    permissions = {
        "read": Permission.COMPANY_READ,
        "change": Permission.COMPANY_CHANGE,
        "logo": Permission.COMPANY_CHANGE,
        "show_logo": Permission.COMPANY_READ,
    }
    serializer_class = CompanyOutput
    pagination_class = None

    def get_object(self) -> Company:
        return self.company

    def hold(self) -> None:
        """Rows that name the company may still be written meanwhile."""
        self.company = Company.objects.select_for_update(no_key=True).get(pk=self.company.pk)

    def read(self, request: Request, **kwargs: Any) -> Response:
        return self.shown(self.company)

    @extend_schema(request=CompanyChange)
    def change(self, request: Request, **kwargs: Any) -> Response:
        company, told = self.changing(), self.told(CompanyChange, partial=True)
        return self.shown(change_company(company, by=self.access.user, **told))

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def show_logo(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The picture that is printed on reports and documents; a 404 where there is none."""
        digest = self.company.logo_digest
        found = StoredFile.of(self.company).filter(digest=digest).first() if digest else None
        if found is None:
            raise Http404
        return download(found)

    @extend_schema(request={"multipart/form-data": UploadInput})
    def logo(self, request: Request, **kwargs: Any) -> Response:
        """Print this picture (PNG or JPG) on reports and documents from now on."""
        company, upload = self.changing(), self.told(UploadInput)["file"]
        set_logo(company=company, name=upload.name or "logo", by=self.access.user,
                 content=read_upload(upload))  # fmt: skip
        return self.shown(company)
