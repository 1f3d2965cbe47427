"""Addresses of creditors, assembled from those of their parts."""

from __future__ import annotations

from accounting.payables import invoice_urls
from accounting.payables.capture import urls as capture

pages = [*capture.pages, *invoice_urls.pages]
endpoints = [*capture.endpoints, *invoice_urls.endpoints]
