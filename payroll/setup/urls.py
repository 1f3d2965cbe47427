"""Addresses of payroll's setup."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from payroll.setup import api, views

router = SimpleRouter()
router.register("payroll-settings", api.SettingsViewSet, basename="api-payroll-settings")
router.register("payroll-accounts", api.PayrollAccountsViewSet, basename="api-payroll-accounts")
router.register("payroll-readiness", api.ReadinessViewSet, basename="api-payroll-readiness")
router.register("institutions", api.InstitutionViewSet, basename="api-institutions")
router.register("insurance-solutions", api.SolutionViewSet, basename="api-insurance-solutions")

pages = [
    path("payroll/start/", views.Start.as_view(), name="payroll-start"),
    path("payroll/settings/", views.SettingsPage.as_view(), name="payroll-settings"),
    path("payroll/accounts/", views.Accounts.as_view(), name="payroll-accounts"),
    path("payroll/institutions/", views.Institutions.as_view(), name="institutions"),
    path("payroll/institutions/add/", views.InstitutionPage.as_view(), name="institution-add"),
    path(
        "payroll/institutions/<int:institution>/", views.InstitutionPage.as_view(), name="institution"
    ),
    path(
        "payroll/institutions/<int:institution>/solutions/add/", views.SolutionPage.as_view(),
        name="solution-add",
    ),
    path("payroll/solutions/<int:solution>/", views.SolutionPage.as_view(), name="solution"),
]  # fmt: skip
endpoints = router.urls
