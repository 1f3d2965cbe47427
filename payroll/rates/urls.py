"""Addresses of figures and tariffs."""

from django.urls import path

from payroll.rates import api, views

pages = [
    path("payroll/figures/", views.FiguresPage.as_view(), name="payroll-figures"),
    path("payroll/tariffs/", views.TariffLookUp.as_view(), name="payroll-tariffs"),
]
endpoints = api.urls
