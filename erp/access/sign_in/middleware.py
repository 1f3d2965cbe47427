"""Who may pass: sessions that have not ended, people with a second factor and a sound password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from erp.access.sign_in import devices, sessions

Handler = Callable[[HttpRequest], HttpResponse]

#: What somebody without a second factor may open: setting one up, and leaving.
SETTING_UP: Final = (
    "/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/", "/language/", "/static/",
    "/help/", "/healthz", "/readyz",
)  # fmt: skip
#: What somebody whose password was found in a leak may open: changing it, and leaving.
CHANGING: Final = (
    "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/", "/accounts/2fa/webauthn/reauthenticate/", "/language/",
    "/static/", "/help/", "/healthz", "/readyz",
)  # fmt: skip


class SessionLimitsMiddleware:
    """End sessions that lasted too long, or that nobody has used for half an hour."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not sessions.goes_on(request.session):
            logout(request)
        response = self.handler(request)
        devices.send_token(request, response)
        return response


class FullySignedInMiddleware:
    """Nobody works without a second factor, nor with a password that is known to be in a leak.

    Endpoints answer for themselves (``erp.api.permissions``).
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or request.path.startswith(("/api/", "/_allauth/")):
            return self.handler(request)
        if user.password_breached_at:
            if not request.path.startswith(CHANGING):
                return redirect("account_change_password")
        elif not user.has_factor and not request.path.startswith(SETTING_UP):
            return redirect("mfa_index")
        return self.handler(request)


class LeavingMiddleware:
    """After signing out, the browser forgets what it kept of us (SES-4)."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was = request.user.is_authenticated
        response = self.handler(request)
        if (
            was and request.method == "POST" and not request.user.is_authenticated
            and request.path == reverse("account_logout") and settings.HTTPS
        ):  # fmt: skip
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
