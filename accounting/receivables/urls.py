"""Addresses of debtors, assembled from those of their parts."""

from __future__ import annotations

from typing import Any

from accounting.receivables import document_api, recurring_api

pages: list[Any] = []
endpoints = [*document_api.urls, *recurring_api.urls]
