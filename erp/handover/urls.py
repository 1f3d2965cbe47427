"""Addresses of the export of a company."""

from django.urls import path

from erp.handover import api, views

pages = [
    path("settings/export/", views.ExportPage.as_view(), name="company-export"),
    path("settings/export/<int:export>/", views.ExportFile.as_view(), name="company-export-file"),
]
endpoints = api.urls
