"""Addresses of the reports of debtors."""

from django.urls import path

from accounting.receivables import report_api, report_views

pages = [
    path(
        "receivables/turnover/",
        report_views.Turnover.as_view(),
        {"by": "customers"},
        name="sales-turnover",
    ),
    path("receivables/turnover/<slug:by>/", report_views.Turnover.as_view(), name="sales-turnover"),
    path("receivables/vat-journal/", report_views.VatJournal.as_view(), name="sales-vat-journal"),
    path(
        "receivables/payment-habits/", report_views.PaymentHabits.as_view(), name="payment-habits"
    ),
]
endpoints = report_api.urls
