"""Addresses of creditors, assembled from those of their parts."""

from __future__ import annotations

from accounting.payables.capture import urls as capture

pages = [*capture.pages]
endpoints = [*capture.endpoints]
