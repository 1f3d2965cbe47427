"""``…/procedure-documentation/`` and ``…/procedure-texts/``: how the books are kept, by fiscal year."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.models import FiscalYear
from accounting.procedure import texts
from accounting.procedure.composing import Procedure, compose
from accounting.procedure.keeping import keep, kept_file, kept_of, lacking
from accounting.procedure.models import ProcedureText
from accounting.procedure.paper import file_name, printed
from accounting.procedure.texts import LONGEST, OwnText, texts_of, write_text
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import Input
from erp.api.schema import KEY
from erp.companies.models import Language
from erp.core import clock
from erp.documents.serving import streamed
from erp.web.export import as_file


class ProcedureQuery(Input):
    """The language of the documentation; that of the company where none is named."""

    language = serializers.ChoiceField(choices=Language.choices, required=False)


class ProcedureTableOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    heads = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class ProcedureChapterOutput(serializers.Serializer[Any]):
    """Facts and own paragraphs are pairs; ``withheld`` names the rights one lacks to see the rest."""

    code = serializers.CharField()
    title = serializers.CharField()
    article = serializers.CharField(source="source", help_text="Of the law")
    text = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    facts = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    tables = ProcedureTableOutput(many=True)
    own = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    withheld = serializers.ListField(child=serializers.CharField())


class ProcedureOutput(serializers.Serializer[Any]):
    """The documentation of a fiscal year as it stands ``at`` a moment; ``sha256`` is that of what it says."""

    fiscal_year = serializers.IntegerField(source="year.pk")
    language = serializers.CharField()
    at = serializers.DateTimeField()
    sha256 = serializers.CharField(source="digest")
    chapters = ProcedureChapterOutput(many=True)


class KeptProcedureOutput(serializers.Serializer[Any]):
    """One that is kept; ``sha256`` is that of the file, ``content_sha256`` of what it says."""

    id = serializers.IntegerField(source="file.pk")
    fiscal_year = serializers.IntegerField(source="year")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    language = serializers.CharField()
    sha256 = serializers.CharField(source="file.digest")
    content_sha256 = serializers.CharField(source="digest")
    kept_at = serializers.DateTimeField(source="at")
    kept_by = serializers.CharField(source="by")


class ProcedureViewSet(CompanyViewSet):
    """``…/procedure-documentation/``: the ids are those of the fiscal years."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "report": Permission.COMPANY_READ,
        "file": Permission.COMPANY_READ,
        "keep": Permission.YEAR_CLOSE,
    }
    serializer_class = KeptProcedureOutput
    queryset = FiscalYear.unscoped.none()

    def get_queryset(self) -> QuerySet[FiscalYear]:
        return FiscalYear.of(self.company)

    @extend_schema(responses=KeptProcedureOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Those that are kept, of all years, the newest first."""
        page = self.page_of(kept_of(self.company), by=lambda one: f"{one.file.pk} {one.at}")
        return self.get_paginated_response(KeptProcedureOutput(page, many=True).data)

    @extend_schema(parameters=[ProcedureQuery], responses=ProcedureOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The documentation of a fiscal year as it stands now, as far as one may see it."""
        return Response(ProcedureOutput(self._composed()).data)

    @extend_schema(
        parameters=[ProcedureQuery], responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def report(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The same as a PDF."""
        found = self._composed()
        return as_file(printed(found), "application/pdf", file_name(found))

    @extend_schema(request=None, responses={201: KeptProcedureOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Keep the documentation of a fiscal year as it stands now, in the company's language."""
        year = self.get_object()
        if lacking(self.company, self.access.holds):
            raise PermissionDenied
        return self.once(lambda: Response(
            KeptProcedureOutput(keep(self.company, year, by=self.access.user)).data, status=201
        ))  # fmt: skip

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["get"], url_path="kept/(?P<file>[0-9]{1,18})",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def file(self, request: Request, file: str, **kwargs: Any) -> HttpResponseBase:
        """One that is kept, bit for bit."""
        found = kept_file(self.company, int(file))
        if lacking(self.company, self.access.holds):
            raise PermissionDenied
        return streamed(found)

    def _composed(self) -> Procedure:
        year, told = self.get_object(), self.asked(ProcedureQuery)
        return compose(
            self.company, year, language=told.get("language", self.company.language),
            granted=self.access.granted, at=clock.now(),
        )  # fmt: skip


class ProcedureTextOutput(serializers.Serializer[Any]):
    """A paragraph; ``hint`` says what belongs into it, ``text`` is blank where nobody wrote one."""

    code = serializers.CharField()
    title = serializers.CharField()
    hint = serializers.CharField()
    text = serializers.CharField()
    changed_at = serializers.DateTimeField(allow_null=True)
    changed_by = serializers.CharField(allow_null=True)


class ProcedureTextInput(Input):
    """A blank ``text`` takes the paragraph away."""

    text = serializers.CharField(max_length=LONGEST, allow_blank=True, trim_whitespace=False)


class ProcedureTextViewSet(CompanyViewSet):
    """``…/procedure-texts/``: addressed by the code of the paragraph."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "partial_update": Permission.COMPANY_CHANGE,
    }
    serializer_class = ProcedureTextOutput
    queryset = ProcedureText.unscoped.none()
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z_]{1,20}"
    pagination_class = None

    def get_object(self) -> OwnText:
        found = next(
            (one for one in texts_of(self.company) if one.code == self.kwargs["code"]), None
        )
        if found is None:
            raise Http404
        return found

    def hold(self) -> None:
        texts.hold(self.company)

    @extend_schema(responses=ProcedureTextOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """All paragraphs that a company may write, in order."""
        return Response(self.get_serializer(texts_of(self.company), many=True).data)

    def retrieve(self, request: Request, code: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ProcedureTextInput)
    def partial_update(self, request: Request, code: str, **kwargs: Any) -> Response:
        """Write a paragraph; what it was is in the audit trail."""
        self.changing()
        write_text(company=self.company, code=code, by=self.access.user,
                   **self.told(ProcedureTextInput))  # fmt: skip
        return self.shown(self.get_object())


router = SimpleRouter()
router.register("procedure-documentation", ProcedureViewSet, basename="api-procedure")
router.register("procedure-texts", ProcedureTextViewSet, basename="api-procedure-texts")
urls = router.urls
