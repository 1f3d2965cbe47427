"""``…/sales-settings/``, ``…/document-texts/`` and ``…/number-ranges/``."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking.models import BankAccount
from accounting.ledger.api.named import NumberedField
from accounting.receivables import number_ranges, sales_settings, texts
from accounting.receivables.models import DocumentText, NumberRange, SalesDocument, SalesSettings
from accounting.receivables.models.documents import ROUNDINGS
from accounting.receivables.paper import pdf
from accounting.receivables.sample import SAMPLES, sample
from accounting.terms.models import PaymentTerms
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.api.layouts import LookQuery, asked_look
from erp.companies.models import Language
from erp.core import clock
from erp.core.filetypes import PDF
from erp.layouts.queries import look_of
from erp.layouts.values import Kind
from erp.web.export import as_file
from vat.codes.breakdown import Basis

READ, CHANGE = Permission.RECEIVABLES_READ, Permission.RECEIVABLES_SETTINGS


class SalesSettingsOutput(serializers.ModelSerializer[SalesSettings]):
    """``payment_terms`` by their code, ``bank_account`` by its IBAN."""

    payment_terms = serializers.CharField(
        source="payment_terms.code", default=None, allow_null=True
    )
    bank_account = serializers.CharField(source="bank_account.iban", default=None, allow_null=True)

    class Meta:
        model = SalesSettings
        fields = sales_settings.FIELDS


class SalesSettingsInput(Input):
    """Fields to change; a change holds for documents that are written from then on."""

    basis = serializers.ChoiceField(choices=Basis.choices)
    rounding = serializers.ChoiceField(choices=ROUNDINGS)
    five_centimes = serializers.BooleanField()
    payment_terms = NumberedField(PaymentTerms, by="code", max_length=20, allow_null=True)
    bank_account = NumberedField(BankAccount, by="iban", max_length=34, allow_null=True)
    offer_days = serializers.IntegerField(min_value=1, max_value=sales_settings.MOST_DAYS)
    phone = serializers.CharField(max_length=40, allow_blank=True)
    mail = serializers.CharField(max_length=254, allow_blank=True)
    web = serializers.CharField(max_length=120, allow_blank=True)
    footer = serializers.CharField(max_length=300, allow_blank=True)
    address_left = serializers.BooleanField()


class SalesSettingsViewSet(CompanyViewSet):
    """``…/sales-settings/``"""

    permissions = {"retrieve": READ, "partial_update": CHANGE}
    serializer_class = SalesSettingsOutput
    queryset = SalesSettings.unscoped.none()
    pagination_class = None

    def get_object(self) -> SalesSettings:
        return sales_settings.settings_of(self.company)

    def hold(self) -> None:
        sales_settings.hold(self.company)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=SalesSettingsInput)
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        self.changing()
        told = self.told(SalesSettingsInput, partial=True)
        return self.shown(
            sales_settings.change_settings(company=self.company, by=self.access.user, **told)
        )


class SampleQuery(LookQuery):
    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in Kind if kind.value in SAMPLES], required=False
    )
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class SampleInvoiceViewSet(CompanyViewSet):
    """``…/sales-settings/sample/``"""

    permissions = {"retrieve": READ}
    serializer_class = SalesSettingsOutput
    queryset = SalesSettings.unscoped.none()

    @extend_schema(parameters=[SampleQuery], responses={(200, PDF): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponse:
        """A paper as it would come out with the settings as they are, or tried; nothing is kept."""
        told = self.asked(SampleQuery)
        kind = told.get("kind", Kind.INVOICE.value)
        made = sample(
            self.company, by=self.access.user, on=clock.today(), kind=kind,
            language=told.get("language") or self.company.language,
            look=asked_look(told, look_of(self.company, kind)),
        )  # fmt: skip
        return as_file(pdf(made), PDF, f"{self.company.short_name}-sample.pdf")


class DocumentTextOutput(serializers.Serializer[Any]):
    """What stands above and below the lines; ``own`` is false of ready-made texts."""

    kind = serializers.ChoiceField(choices=SalesDocument.Kind.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    intro = serializers.CharField()
    closing = serializers.CharField()
    own = serializers.BooleanField()


class DocumentTextInput(Input):
    intro = serializers.CharField(max_length=texts.MOST, allow_blank=True)
    closing = serializers.CharField(max_length=texts.MOST, allow_blank=True)


class DocumentTextViewSet(CompanyViewSet):
    """``…/document-texts/`` and ``…/document-texts/{kind}/{language}/``"""

    permissions = {"list": READ, "retrieve": READ, "partial_update": CHANGE, "destroy": CHANGE}
    serializer_class = DocumentTextOutput
    queryset = DocumentText.unscoped.none()
    pagination_class = None

    def get_object(self) -> texts.Text:
        kind, language = self.kwargs["kind"], self.kwargs["language"]
        if kind not in SalesDocument.Kind.values or language not in Language.values:
            raise Http404
        return texts.text_of(self.company, kind, language)

    def hold(self) -> None:
        sales_settings.hold(self.company)

    @extend_schema(responses=DocumentTextOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The texts of all kinds and languages."""
        return Response(self.get_serializer(texts.texts(self.company), many=True).data)

    def retrieve(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=DocumentTextInput)
    def partial_update(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        """Write own texts; placeholders such as ``{number}`` are filled in on documents."""
        self.changing()
        told = self.told(DocumentTextInput, partial=True)
        return self.shown(
            texts.save_text(
                company=self.company, kind=kind, language=language, by=self.access.user, **told
            )
        )

    def destroy(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        """Go back to the ready-made texts."""
        self.changing()
        texts.forget_text(company=self.company, kind=kind, language=language, by=self.access.user)
        return Response(status=204)


class NumberRangeOutput(serializers.Serializer[Any]):
    """How documents of a kind are numbered; ``next_shown`` is what the next one of ``year`` gets."""

    kind = serializers.ChoiceField(choices=SalesDocument.Kind.choices)
    prefix = serializers.CharField()
    width = serializers.IntegerField()
    yearly = serializers.BooleanField()
    year = serializers.IntegerField()
    last = serializers.IntegerField()
    next_number = serializers.IntegerField()
    next_shown = serializers.CharField()


class NumberRangeInput(Input):
    """``next_number`` only rises; ``{year}`` in ``prefix`` becomes the year."""

    prefix = serializers.CharField(max_length=12, allow_blank=True)
    width = serializers.IntegerField(min_value=1, max_value=number_ranges.WIDEST)
    yearly = serializers.BooleanField()
    next_number = serializers.IntegerField(min_value=1, max_value=number_ranges.LARGEST)


class NumberRangeViewSet(CompanyViewSet):
    """``…/number-ranges/``: addressed by the kind of document, as of the year that is."""

    permissions = {"list": READ, "retrieve": READ, "partial_update": CHANGE}
    serializer_class = NumberRangeOutput
    queryset = NumberRange.unscoped.none()
    lookup_field = "kind"
    lookup_value_regex = "[a-z_]{1,11}"
    pagination_class = None

    def get_object(self) -> number_ranges.Range:
        kind = self.kwargs["kind"]
        if kind not in SalesDocument.Kind.values:
            raise Http404
        return number_ranges.range_of(self.company, kind, year=clock.today().year)

    def hold(self) -> None:
        sales_settings.hold(self.company)

    @extend_schema(responses=NumberRangeOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The ranges of all kinds."""
        rows = number_ranges.ranges(self.company, year=clock.today().year)
        return Response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, kind: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=NumberRangeInput)
    def partial_update(self, request: Request, kind: str, **kwargs: Any) -> Response:
        self.changing()
        told = self.told(NumberRangeInput, partial=True)
        found = number_ranges.save_range(
            company=self.company, kind=kind, by=self.access.user, year=clock.today().year, **told
        )
        return self.shown(found)
