"""Addresses of a year of VAT."""

from django.urls import path

from vat.returns.yearly import api, views

pages = [
    path(
        "vat/reconciliation/",
        views.ReconciliationPage.as_view(),
        name="vat-reconciliation",
    ),
    path("vat/what-if/", views.WhatIf.as_view(), name="vat-what-if"),
]
endpoints = api.urls
