"""Addresses of wage types."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from payroll.wage_types import api, views

router = SimpleRouter()
router.register("wage-types", api.WageTypeViewSet, basename="api-wage-types")

pages = [
    path("payroll/wage-types/", views.WageTypes.as_view(), name="wage-types"),
    path("payroll/wage-types/add/", views.WageTypePage.as_view(), name="wage-type-add"),
    path("payroll/wage-types/<int:type>/", views.WageTypePage.as_view(), name="wage-type"),
]
endpoints = router.urls
