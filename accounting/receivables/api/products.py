"""``…/products/`` and ``…/product-imports/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.receivables import (
    product_exporting,
    product_importing,
    product_queries,
    products,
)
from accounting.receivables.lines import MOST_DECIMALS
from accounting.receivables.models import Product
from accounting.receivables.product_importing import Preview
from erp.access.permissions import Permission
from erp.api.imports import KEY_UNLESS_DRY, DryRunQuery, FileImports, ImportInput
from erp.api.inputs import AmountField, Input
from erp.api.reports import FORM, Filed
from erp.api.schema import KEY
from erp.core import clock
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


class ProductOutput(serializers.ModelSerializer[Product]):
    """A product; account, code and cost units are named by number, the price has up to 4 decimals."""

    price = AmountField(decimals=MOST_DECIMALS)
    account = serializers.CharField(source="account.number")
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)
    cost_object = serializers.CharField(source="cost_object.number", default=None, allow_null=True)

    class Meta:
        model = Product
        fields = ("id", *products.FIELDS)


class ProductInput(Input):
    """A product to add, or the fields of one to change; without a number it gets the next one."""

    number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    price = AmountField(decimals=MOST_DECIMALS, required=False)
    basis = serializers.ChoiceField(choices=Basis.choices, required=False)
    account = NumberedField(Account, max_length=10)
    vat_code = NumberedField(VatCode, by="code", max_length=6, required=False, allow_null=True)
    cost_centre = NumberedField(CostCentre, max_length=10, required=False, allow_null=True)
    cost_object = NumberedField(CostObject, max_length=10, required=False, allow_null=True)
    active = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        texts = dict.fromkeys(products.NAMES, 160) | dict.fromkeys(products.UNITS, 20)
        texts |= dict.fromkeys(products.TEXTS, 2000)
        return super().get_fields() | {
            name: serializers.CharField(max_length=most, required=False, allow_blank=True)
            for name, most in texts.items()
        }


class ProductQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=80, required=False, help_text="Words of number or name")
    active = serializers.BooleanField(required=False, allow_null=True, default=None)


class ProductViewSet(Filed):
    """``…/products/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_SETTINGS,
        "partial_update": Permission.RECEIVABLES_SETTINGS,
        "destroy": Permission.RECEIVABLES_SETTINGS,
    }
    takes_along = {"list": Permission.RECEIVABLES_EXPORT}
    serializer_class = ProductOutput
    follows = "product"
    queryset = Product.unscoped.none()
    ordering = ("number", "pk")

    def get_queryset(self) -> QuerySet[Product]:
        return product_queries.whole(Product.of(self.company))

    @extend_schema(parameters=[ProductQuery, FORM])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Products by number; as CSV or XLSX in the form that can be imported again."""
        told = self.asked(ProductQuery)
        found = product_queries.listing(
            self.company, search=told.get("q", ""), active=told["active"]
        )
        if self.form == "pdf":
            rates = product_queries.rates(self.company, clock.today())
            return self.filed(product_exporting.printed(found, rates))
        if self.form:
            return self.filed(product_exporting.importable(found))
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ProductInput, parameters=[KEY], responses={201: ProductOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        def act() -> Response:
            told = self.told(ProductInput)
            saved = products.save_product(company=self.company, by=self.access.user, **told)
            return self.shown(saved, 201)

        return self.once(act)

    @extend_schema(request=ProductInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        product, told = self.changing(), self.told(ProductInput, partial=True)
        saved = products.save_product(
            company=self.company, by=self.access.user, product=product, **told
        )
        return self.shown(saved)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a product that stands on no document; else switch it off."""
        products.delete_product(self.changing(), by=self.access.user)
        return Response(status=204)


class ProductImportOutput(serializers.Serializer[Any]):
    """What an import would do or has done."""

    dry_run = serializers.BooleanField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()


class ProductImportViewSet(FileImports):
    """``…/product-imports/``"""

    permissions = {"create": Permission.RECEIVABLES_SETTINGS}
    serializer_class = ProductImportOutput
    queryset = Product.unscoped.none()

    @extend_schema(
        request={"multipart/form-data": ImportInput},
        responses={200: ProductImportOutput, 201: ProductImportOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add and change the products of a CSV or XLSX file: all of them, or none."""
        return self.take()

    def preview(self, content: bytes, told: dict[str, Any]) -> Preview:
        return product_importing.dry_run(company=self.company, content=content)

    def perform(self, content: bytes, told: dict[str, Any]) -> Preview:
        return product_importing.import_products(
            company=self.company, content=content, by=self.access.user
        )

    def as_told(self, found: Preview) -> dict[str, Any]:
        return {"new": len(found.added), "changed": len(found.altered)}
