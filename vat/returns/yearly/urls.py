"""Addresses of a year of VAT."""

from django.urls import path

from vat.returns.yearly import api, views

pages = [
    path(
        "vat/reconciliation/",
        views.ReconciliationPage.as_view(),
        name="vat-reconciliation",
    ),
]
endpoints = api.urls
