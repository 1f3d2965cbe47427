"""Addresses of debtors, assembled from those of their parts."""

from __future__ import annotations

from accounting.receivables import (
    document_api,
    recurring_api,
    report_urls,
    sending_urls,
    settings_urls,
)

pages = [*settings_urls.pages, *sending_urls.pages, *report_urls.pages]
endpoints = [
    *settings_urls.endpoints, *document_api.urls, *recurring_api.urls, *report_urls.endpoints,
]  # fmt: skip
