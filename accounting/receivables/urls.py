"""Addresses of debtors, assembled from those of their parts."""

from __future__ import annotations

from accounting.receivables import (
    document_api,
    document_urls,
    recurring_api,
    report_urls,
    settings_urls,
)
from accounting.receivables.dunning import urls as dunning

pages = [*document_urls.pages, *settings_urls.pages, *dunning.pages, *report_urls.pages]
endpoints = [
    *settings_urls.endpoints, *document_api.urls, *recurring_api.urls, *dunning.endpoints,
    *report_urls.endpoints,
]  # fmt: skip
