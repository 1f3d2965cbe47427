"""Addresses of banking."""

from django.urls import path

from accounting.banking import api, views
from accounting.banking.matching import views as matching

pages = [
    path("banking/accounts/", views.BankAccounts.as_view(), name="bank-accounts"),
    path("banking/statements/", views.Statements.as_view(), name="statements"),
    path("banking/transactions/", views.BankTransactions.as_view(), name="bank-transactions"),
    path("banking/transactions/<int:movement>/book/", views.BookTransaction.as_view(),
         name="bank-book"),
    path("banking/transactions/<int:movement>/unbook/", views.UnbookTransaction.as_view(),
         name="bank-unbook"),
    path("banking/transactions/<int:movement>/accept/", matching.AcceptMatch.as_view(),
         name="bank-accept"),
    path("banking/transactions/<int:movement>/items/", matching.ItemsToMatch.as_view(),
         name="bank-items"),
    path("banking/transactions/certain/", matching.AcceptCertain.as_view(), name="bank-certain"),
]  # fmt: skip
endpoints = api.urls
