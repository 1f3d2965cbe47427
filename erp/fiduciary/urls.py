"""Addresses of the cockpit."""

from __future__ import annotations

from typing import Any

from django.urls import path

from erp.fiduciary.api import CockpitViewSet, FirmClientViewSet
from erp.fiduciary.views import CockpitPage, MandatePage

#: Of a firm: ``/firms/{firm}/…`` and ``/api/v1/firms/{firm}/…``.
firm_pages = [
    path("cockpit/", CockpitPage.as_view(), name="firm-cockpit"),
    path("clients/<int:company>/", MandatePage.as_view(), name="firm-mandate"),
]
firm_endpoints = [
    path("cockpit/", CockpitViewSet.as_view({"get": "read"}), name="api-firm-cockpit"),
    path("clients/<int:company>/",
         FirmClientViewSet.as_view({"get": "read", "post": "answer_for"}), name="api-firm-client"),
]  # fmt: skip
pages: list[Any] = []
endpoints: list[Any] = []
