"""Addresses of the reports of creditors."""

from django.urls import path

from accounting.purchases_reports import api, views

pages = [
    path(
        "payables/turnover/",
        views.SupplierTurnover.as_view(),
        {"by": "suppliers"},
        name="purchase-turnover",
    ),
    path(
        "payables/turnover/months/",
        views.SupplierTurnover.as_view(),
        {"by": "months"},
        name="purchase-months",
    ),
    path("payables/vat-journal/", views.PurchaseVatJournal.as_view(), name="purchase-vat-journal"),
]
endpoints = api.urls
