"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from erp.web.sizes import limits_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Company, rights, navigation and help of the page that is shown."""
    access = getattr(request, "access", None)
    help_page = getattr(request, "help_page", "")
    context: dict[str, Any] = {
        "access": access,
        "company": access.company if access else None,
        "own_help": help_page,  # what the page's view names; blank where it names none
        "help_url": reverse("help", args=[help_page or "start"]),
        "demo_sign_in": settings.DEMO_SIGN_IN if settings.DEMO else None,
        "limits": limits_of(match.func) if (match := request.resolver_match) else None,
        "navigation": [],
        "way": None,
    }
    if access:
        context["navigation"] = import_string(settings.NAVIGATION)(access, request)
        context["way"] = import_string(settings.SETUP_WAY)(access, request)
    return context
