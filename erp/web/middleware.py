"""What happens around each page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import translation

from erp.core import origin
from erp.core.origin import Origin, Via
from erp.core.problems import CONTENT_TYPE, problem

Handler = Callable[[HttpRequest], HttpResponse]

#: Open to people who are not signed in; everything else sends them to the sign-in page.
PUBLIC = ("/accounts/", "/_allauth/", "/static/", "/api/", "/healthz", "/readyz", "/language/",
          "/invitation/", "/lost-factors/", "/address-back/", "/manifest.webmanifest", "/favicon.ico")  # fmt: skip


class OriginMiddleware:
    """Say where the request comes from, and name it: in the answer, in problems, in the log."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        come = Origin(
            address=_address(request),
            agent=origin.plain(request.headers.get("User-Agent", ""), origin.LONGEST_AGENT),
            via=_way_in(request),
            request_id=uuid.uuid4().hex,
        )
        structlog.contextvars.clear_contextvars()  # of the thread's last request
        structlog.contextvars.bind_contextvars(request_id=come.request_id)
        with origin.coming_from(come):
            response = self.handler(request)
        response["X-Request-Id"] = come.request_id
        return response


def _address(request: HttpRequest) -> str:
    """The client's address as far as our own proxies vouch for it; blank where nobody does."""
    try:
        address = get_adapter().get_client_ip(request)
    except (PermissionDenied, BadRequest):  # no address, or past the trusted proxies
        return ""
    return address[: origin.LONGEST_ADDRESS]


def _way_in(request: HttpRequest) -> str:
    """A page or an endpoint; a token says so itself once it is found good."""
    return Via.API if request.path.startswith(("/api/", "/_allauth/")) else Via.PAGE


class SoundAddressMiddleware:
    """Refuse addresses that no database could look up: with NUL in them.

    A program is told as by any endpoint, a person in plain words.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            detail = "The address holds a NUL character."
            if not request.path.startswith("/api/"):
                return HttpResponseBadRequest(detail, content_type="text/plain; charset=utf-8")
            body = problem(400, "invalid", detail)
            return JsonResponse(body, status=400, content_type=CONTENT_TYPE)
        return self.handler(request)


class LanguageMiddleware:
    """Choose the language: the user's own, else the cookie's, else what the client asks for."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            language = request.user.language  # type: ignore[union-attr]
        else:
            language = translation.get_language_from_request(request)  # the cookie comes first
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.handler(request)
        response.setdefault("Content-Language", translation.get_language() or language)
        return response


class SignInRequiredMiddleware:
    """Send strangers to the sign-in page; endpoints answer for themselves."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(PUBLIC) or request.user.is_authenticated:
            return self.handler(request)
        resolve(request.path)  # an address that does not exist is a 404 for everyone
        answer = redirect(settings.LOGIN_URL)
        if request.method == "GET":
            answer["Location"] += "?" + urlencode({"next": request.get_full_path()}, safe="/")
        return answer


class PrivateAnswersMiddleware:
    """Keep pages with people's data out of every cache."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response
