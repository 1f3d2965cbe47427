"""Addresses of the statements."""

from django.urls import path

from accounting.statements import api, views

pages = [
    path("reports/balance-sheet/", views.BalanceSheet.as_view(), name="balance-sheet"),
    path("reports/income-statement/", views.IncomeStatement.as_view(), name="income-statement"),
    path("reports/trial-balance/", views.TrialBalancePage.as_view(), name="trial-balance"),
]
endpoints = api.urls
