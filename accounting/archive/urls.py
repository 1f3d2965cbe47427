"""Addresses of archives."""

from django.urls import path

from accounting.archive import api, views

pages = [
    path("ledger/archives/", views.YearArchives.as_view(), name="year-archives"),
    path("ledger/archives/<int:file>/", views.YearArchiveFile.as_view(), name="year-archive"),
]
endpoints = api.urls
