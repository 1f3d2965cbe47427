"""What OPTIONS answers: where everything is described."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class Pointer(BaseMetadata):
    """Leads to the document, which says more than an endpoint could of itself; the methods stand in ``Allow``."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, str]:
        return {"document": reverse("openapi")}
