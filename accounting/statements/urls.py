"""Addresses of the statements."""

from django.urls import path

from accounting.statements import api, views
from accounting.statements.cost_pages import CostObjectPage, CostReportPage

pages = [
    path("reports/balance-sheet/", views.BalanceSheet.as_view(), name="balance-sheet"),
    path("reports/income-statement/", views.IncomeStatement.as_view(), name="income-statement"),
    path("reports/trial-balance/", views.TrialBalancePage.as_view(), name="trial-balance"),
    path("reports/costs/", CostReportPage.as_view(), name="cost-report"),
    path(
        "reports/costs/objects/<str:number>/", CostObjectPage.as_view(), name="cost-object-report"
    ),
]
endpoints = api.urls
