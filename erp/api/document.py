"""The OpenAPI document, and a page to read it on and try it out."""

from __future__ import annotations

import gzip
import hashlib
import threading
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, override
from django.views import View
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

CONTENT_TYPE: Final = "application/vnd.oai.openapi+json"


@dataclass(frozen=True)
class Drawn:
    """The document in one language, as it goes out."""

    plain: bytes
    zipped: bytes
    etag: str


_drawn: dict[str, Drawn] = {}
_drawing = threading.Lock()


def drawn_in(language: str) -> Drawn:
    """The document in a language. It is drawn up once: it changes with the program alone."""
    found = _drawn.get(language)
    if found is not None:
        return found
    with _drawing:  # whoever comes meanwhile waits, instead of doing the same
        if language not in _drawn:
            _drawn[language] = _draw(language)
        return _drawn[language]


def _draw(language: str) -> Drawn:
    with override(language):
        schema: Any = SchemaGenerator(urlconf="erp.urls").get_schema(public=True)
        plain: bytes = OpenApiJsonRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
    return Drawn(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:32])


class Document(View):
    """``/api/v1/openapi.json``: open to anyone, since it says nothing of anybody's books."""

    http_method_names = ["get", "head", "options"]  # noqa: RUF012

    def get(self, request: HttpRequest) -> HttpResponse:
        drawn = drawn_in(get_language() or "de")
        zips = "gzip" in request.headers.get("Accept-Encoding", "")
        told = HttpResponse(drawn.zipped if zips else drawn.plain, content_type=CONTENT_TYPE)
        if zips:
            told["Content-Encoding"] = "gzip"
        told["ETag"] = f'"{drawn.etag}{"-gzip" if zips else ""}"'
        told["Cache-Control"] = "no-cache"  # kept, but asked for each time whether it is still so
        patch_vary_headers(told, ["Accept-Encoding", "Accept-Language", "Cookie"])
        answer = get_conditional_response(request, etag=told["ETag"], response=told)
        return answer or told


class Browser(LoginRequiredMixin, TemplateView):
    """``/api/v1/docs/``: every operation with its examples, to be tried out as oneself."""

    template_name = "erp/api_browser.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if user.is_authenticated and (user.password_breached_at or not user.has_factor):
            return redirect("companies")  # which says what is missing
        return super().dispatch(request, *args, **kwargs)
