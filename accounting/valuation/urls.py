"""Addresses of valuations."""

from django.urls import path

from accounting.valuation import api, views

pages = [
    path("valuations/", views.Valuations.as_view(), name="valuations"),
    path("valuations/proposal/", views.ValuationProposal.as_view(), name="valuation-proposal"),
    path("valuations/<int:valuation>/", views.ValuationPage.as_view(), name="valuation"),
]
endpoints = api.urls
