"""Addresses of terms."""

from django.urls import path

from accounting.terms import api, views

pages = [
    path("payment-terms/", views.PaymentTermsPage.as_view(), name="payment-terms"),
    path(
        "receivables/customers/<int:contact>/terms/",
        views.CustomerTermsPage.as_view(),
        name="customer-terms",
    ),
    path(
        "payables/suppliers/<int:contact>/terms/",
        views.SupplierTermsPage.as_view(),
        name="supplier-terms",
    ),
]
endpoints = api.urls
