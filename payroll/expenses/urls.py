"""Addresses of expenses."""

from django.urls import path

from payroll.expenses import api
from payroll.expenses.views import all as everybodys
from payroll.expenses.views import own

_ONE = "expenses/<int:claim>/"
_ANY = "expenses/all/<int:claim>/"
pages = [
    path("expenses/", own.OwnClaims.as_view(), name="expenses"),
    path("expenses/new/", own.WriteClaim.as_view(), name="expense-new"),
    path("expenses/all/", everybodys.AllClaims.as_view(), name="expense-claims"),
    path("expenses/kinds/", everybodys.Kinds.as_view(), name="expense-kinds"),
    path("expenses/kinds/<int:expense>/", everybodys.KindPage.as_view(), name="expense-kind"),
    path(_ANY, everybodys.ClaimPage.as_view(), name="expense-claim"),
    path(_ANY + "book/", everybodys.BookClaim.as_view(), name="expense-claim-book"),
    path(_ANY + "receipts/<int:line>/", everybodys.ClaimReceipt.as_view(), name="expense-claim-receipt"),
    path(_ONE, own.OwnClaim.as_view(), name="expense"),
    path(_ONE + "edit/", own.WriteClaim.as_view(), name="expense-edit"),
    path(_ONE + "receipts/<int:line>/", own.OwnReceipt.as_view(), name="expense-receipt"),
]  # fmt: skip
endpoints = api.urls
