"""What is answered to a request that cannot be right (400), in plain words."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse

from erp.core.problems import CONTENT_TYPE, problem


def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong where the program refused it itself, and no more than that otherwise."""
    told = str(exception) if isinstance(exception, BadRequest) else "This request cannot be read."
    if request.path.startswith(("/api/", "/_allauth/")):
        body = problem(400, "invalid", told)
        return JsonResponse(body, status=400, content_type=CONTENT_TYPE)
    return HttpResponseBadRequest(told, content_type="text/plain; charset=utf-8")
