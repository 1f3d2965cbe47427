"""Addresses of budgets."""

from django.urls import path

from accounting.budgets import api, views
from accounting.budgets.comparing_views import BudgetComparison

pages = [
    path("budgets/", views.Budgets.as_view(), name="budgets"),
    path("budgets/<int:budget>/", views.BudgetPage.as_view(), name="budget"),
    path("budgets/<int:budget>/comparison/", BudgetComparison.as_view(),
         name="budget-comparison"),
    path("budgets/<int:budget>/import/", views.ImportBudget.as_view(), name="budget-import"),
    path("budgets/<int:budget>/accounts/<str:number>/", views.BudgetAccount.as_view(),
         name="budget-account"),
]  # fmt: skip
endpoints = api.urls
