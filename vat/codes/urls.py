"""Addresses of the VAT floor."""

from django.urls import path

from vat.codes import api, views

pages = [path("vat/settings/", views.SettingsPage.as_view(), name="vat-settings")]
endpoints = api.urls
