"""Who may pass: sessions that have not ended, people with a second factor and a sound password."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.sign_in import devices, sessions
from erp.access.sign_in.events import Kind, note
from erp.core.problems import CONTENT_TYPE, problem

FORBIDDEN: Final = HTTPStatus.FORBIDDEN
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
#: What a phone opens of an account, and what of it even with such a password.
OF_ACCOUNT: Final = ("/_allauth/app/v1/account/", "/_allauth/app/v1/auth/sessions")
#: What an open page asks for again and again, whether or not somebody sits before it.
ASKED_BY_PAGES: Final = "/progress/"
CHANGING_BY_PHONE: Final = "/_allauth/app/v1/account/password/change"


class SessionLimitsMiddleware:
    """End sessions that lasted too long, or that nobody has used for half an hour."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_itself = request.path.endswith(ASKED_BY_PAGES)
        if request.user.is_authenticated and not sessions.goes_on(
            request.session, by_itself=by_itself
        ):
            logout(request)
        response = self.handler(request)
        devices.send_token(request, response)
        return response


class FullySignedInMiddleware:
    """Nobody works without a second factor, nor with a password that is known to be in a leak.

    Endpoints answer for themselves (``erp.api.permissions``), but for those of the sign-in: with
    such a password a phone signs in and changes it.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OF_ACCOUNT) and request.path != CHANGING_BY_PHONE:
            return self._by_phone(request)
        user = request.user
        if not user.is_authenticated or request.path.startswith(("/api/", "/_allauth/")):
            return self.handler(request)
        if user.password_breached_at:
            if not request.path.startswith(CHANGING):
                return redirect("account_change_password")
        elif not user.has_factor and not request.path.startswith(SETTING_UP):
            return redirect("mfa_index")
        return self.handler(request)

    def _by_phone(self, request: HttpRequest) -> HttpResponse:
        token = request.headers.get("X-Session-Token", "")
        found = authenticate_by_x_session_token(token) if token else None
        if found is None or not found[0].password_breached_at:
            return self.handler(request)
        told = _("Your password was found in a leak. Change it first.")
        body = problem(FORBIDDEN, "password_breached", told)
        return JsonResponse(body, status=FORBIDDEN, content_type=CONTENT_TYPE)


class DeniedMiddleware:
    """Remember that somebody asked for what they may not (LOG-2), once a minute and route.

    A route counts once whatever it is asked for, so that nobody hides other events behind these.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if response.status_code == FORBIDDEN:
            note_denied(request)
        return response


def note_denied(request: HttpRequest) -> None:
    """Note for whoever is signed in that a request was refused to them."""
    user: Any = request.user
    if not user.is_authenticated:
        return
    match = request.resolver_match
    company = int(match.kwargs.get("company", 0)) if match else 0
    route = f"{company}:{match.route if match else ''}"
    key = f"denied:{user.pk}:{hashlib.sha256(route.encode()).hexdigest()[:16]}"
    if cache.add(key, 1, timeout=60):
        where = {"company": company} if company else {}
        note(user, Kind.DENIED, path=request.path[:200], method=request.method, **where)


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
