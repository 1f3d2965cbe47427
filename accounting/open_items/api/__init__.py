"""Endpoints of open items."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounting.open_items.api.imports import OpenItemImportViewSet
from accounting.open_items.api.items import OpenItemViewSet, SettlementViewSet

router = SimpleRouter()
router.register("open-items", OpenItemViewSet, basename="open-items")
router.register("settlements", SettlementViewSet, basename="settlements")
urls = [
    path("open-item-imports/", OpenItemImportViewSet.as_view({"post": "create"}),
         name="open-item-imports"),
    *router.urls,
]  # fmt: skip
