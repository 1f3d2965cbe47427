"""Addresses of the liquidity forecast."""

from django.urls import path

from accounting.liquidity import api, views

pages = [
    path("liquidity/", views.LiquidityPage.as_view(), name="liquidity"),
    path("liquidity/planned/", views.PlannedPayments.as_view(), name="planned-payments"),
    path("liquidity/planned/<int:planned>/", views.EditPlanned.as_view(), name="planned-payment"),
]
endpoints = api.urls
