"""Choosing a language."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from erp.access.models import User


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """``/language/``: POST ``language``; kept with the user, or in a cookie for strangers."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        user = cast(User, request.user)
        user.language = chosen
        user.save(update_fields=["language"])
    return set_language(request)
