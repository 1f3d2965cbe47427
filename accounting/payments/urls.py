"""Addresses of payments."""

from django.urls import path

from accounting.payments import api
from accounting.payments.views import others, runs

HERE = "payments/"

pages = [
    path(HERE, runs.Overview.as_view(), name="payments"),
    path(f"{HERE}new/", runs.NewRun.as_view(), name="payment-new"),
    path(f"{HERE}runs/<int:run>/", runs.RunPage.as_view(), name="payment-run"),
    path(f"{HERE}runs/<int:run>/approve/", runs.Approve.as_view(), name="payment-approve"),
    path(f"{HERE}runs/<int:run>/export/", runs.Export.as_view(), name="payment-export"),
    path(f"{HERE}runs/<int:run>/file/", runs.PaymentFile.as_view(), name="payment-file"),
    path(f"{HERE}report/", runs.StatusReport.as_view(), name="payment-report"),
    path(f"{HERE}items/<int:item>/", others.Instruction.as_view(), name="payment-instruction"),
    path(f"{HERE}payees/", others.Payees.as_view(), name="payees"),
    path(f"{HERE}journal/", others.Journal.as_view(), name="payment-journal"),
    path(f"{HERE}settings/", others.FourEyes.as_view(), name="payment-settings"),
]
endpoints = api.urls
