"""Addresses of sending documents."""

from django.urls import path

from accounting.receivables.views import sending

_START = "receivables/documents/"

pages = [
    path(_START + "send/", sending.SendDocuments.as_view(), name="sales-documents-send"),
    path(
        _START + "<int:document>/send/",
        sending.SendDocument.as_view(),
        name="sales-document-send",
    ),
]
