"""Addresses of products, and of how a company writes its documents."""

from __future__ import annotations

from django.urls import path

from accounting.receivables import api
from accounting.receivables.views import products, settings

pages = [
    path("receivables/products/", products.Products.as_view(), name="products"),
    path("receivables/products/add/", products.ProductPage.as_view(), name="product-add"),
    path("receivables/products/import/", products.ImportProducts.as_view(), name="product-import"),
    path("receivables/products/<int:product>/", products.ProductPage.as_view(), name="product"),
    path("receivables/settings/", settings.SalesSettingsPage.as_view(), name="sales-settings"),
    path("receivables/settings/sample/", settings.SampleInvoice.as_view(), name="sample-invoice"),
    path("receivables/settings/texts/", settings.DocumentTexts.as_view(), name="document-texts"),
    path("receivables/settings/numbers/", settings.NumberRanges.as_view(), name="number-ranges"),
]
endpoints = api.urls
