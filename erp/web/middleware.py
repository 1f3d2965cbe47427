"""What happens around each page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]

#: Open to people who are not signed in; everything else sends them to the sign-in page.
PUBLIC = ("/accounts/", "/_allauth/", "/static/", "/api/", "/healthz", "/readyz", "/language/",
          "/manifest.webmanifest", "/favicon.ico")  # fmt: skip


class SoundAddressMiddleware:
    """Refuse addresses that no database could look up: with NUL in them."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            problem = {"type": "about:blank", "title": "invalid", "status": 400, "code": "invalid",
                       "detail": "The address holds a NUL character.", "errors": []}  # fmt: skip
            return JsonResponse(problem, status=400, content_type="application/problem+json")
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
