"""Addresses of settlements of withholding tax."""

from django.urls import path

from payroll.settlements import api, views

START = "payroll/tax-settlements/"
ONE = f"{START}<int:settlement>/"
pages = [
    path(START, views.Settlements.as_view(), name="payroll-tax-settlements"),
    path(f"{START}new/", views.NewSettlement.as_view(), name="payroll-tax-settlement-new"),
    path(ONE, views.SettlementPage.as_view(), name="payroll-tax-settlement"),
    path(f"{ONE}<slug:form>/", views.SettlementFile.as_view(), name="payroll-tax-settlement-file"),
]
endpoints = api.urls
