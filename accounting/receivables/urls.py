"""Addresses of debtors, assembled from those of their parts."""

from __future__ import annotations

from accounting.receivables import (
    document_api,
    document_urls,
    recurring_urls,
    report_urls,
    sending_urls,
    settings_urls,
)
from accounting.receivables.dunning import urls as dunning

pages = [
    *sending_urls.pages, *document_urls.pages, *recurring_urls.pages, *settings_urls.pages, *dunning.pages,
    *report_urls.pages,
]  # fmt: skip
endpoints = [
    *settings_urls.endpoints, *document_api.urls, *recurring_urls.endpoints, *dunning.endpoints,
    *report_urls.endpoints,
]  # fmt: skip
