"""Addresses of recurring invoices."""

from django.urls import path

from accounting.receivables import recurring_api
from accounting.receivables.views import recurring

_START = "receivables/recurring/"

pages = [
    path(_START, recurring.RecurringInvoices.as_view(), name="recurring-invoices"),
    path(_START + "add/", recurring.RecurringInvoicePage.as_view(), name="recurring-invoice-add"),
    path(_START + "<int:recurring>/", recurring.RecurringInvoicePage.as_view(),
         name="recurring-invoice"),
]  # fmt: skip
endpoints = recurring_api.urls
