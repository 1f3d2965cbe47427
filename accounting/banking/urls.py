"""Addresses of banking."""

from django.urls import path

from accounting.banking import api, views
from accounting.banking.matching import views as matching
from accounting.banking.reconciling import reports
from accounting.banking.reconciling import views as reconciling
from accounting.banking.rules import views as rules

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
    path("banking/reconcile/", reconciling.ReconcileHome.as_view(), name="reconcile-home"),
    path("banking/reconcile/<int:bank>/", reconciling.Reconcile.as_view(), name="reconcile"),
    path("banking/reconcile/lines/<int:movement>/", reconciling.ReconcileLine.as_view(),
         name="reconcile-line"),
    path("banking/reconcile/lines/<int:movement>/items/", reconciling.ReconcileItems.as_view(),
         name="reconcile-items"),
    path("banking/reconcile/lines/<int:movement>/take/", reconciling.ReconcileTake.as_view(),
         name="reconcile-take"),
    path("banking/reconcile/lines/<int:movement>/undo/", reconciling.ReconcileUndo.as_view(),
         name="reconcile-undo"),
    path("banking/accounts/<int:bank>/", views.BankAccountPage.as_view(), name="bank-account"),
    path("banking/accounts/<int:bank>/state/", reports.StatePage.as_view(), name="bank-state"),
    path("banking/rules/", rules.BankRules.as_view(), name="bank-rules"),
    path("banking/rules/new/", rules.NewRule.as_view(), name="bank-rule-new"),
    path("banking/rules/<int:rule>/", rules.RulePage.as_view(), name="bank-rule"),
]  # fmt: skip
endpoints = api.urls
