"""Endpoints of debtors, room by room."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from accounting.receivables.api.products import ProductImportViewSet, ProductViewSet
from accounting.receivables.api.settings import (
    DocumentTextViewSet,
    NumberRangeViewSet,
    SalesSettingsViewSet,
    SampleInvoiceViewSet,
)
from erp.api.files import AnyType

router = SimpleRouter()
router.register("products", ProductViewSet, basename="api-products")
router.register("number-ranges", NumberRangeViewSet, basename="api-number-ranges")

one_text: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
urls: list[Any] = []
urls += [
    path(
        "product-imports/", ProductImportViewSet.as_view({"post": "create"}), name="product-imports"
    ),
    path(
        "sales-settings/",
        SalesSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-sales-settings",
    ),
    path(
        "sales-settings/sample/",
        SampleInvoiceViewSet.as_view({"get": "retrieve"}, renderer_classes=[JSONRenderer, AnyType]),
        name="api-sample-invoice",
    ),
    path(
        "document-texts/",
        DocumentTextViewSet.as_view({"get": "list"}),
        name="api-document-texts",
    ),
    path(
        "document-texts/<slug:kind>/<slug:language>/",
        DocumentTextViewSet.as_view(one_text),
        name="api-document-text",
    ),
]
urls += router.urls
