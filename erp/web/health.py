"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """``/healthz``: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """``/readyz``: 200 when the database answers; says which helper service is away."""
    state = {"database": "ok" if database_answers() else "away", "queue": _queue()}
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)


def database_answers() -> bool:
    """Whether PostgreSQL does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue() -> str:
    return "ok" if cache.answers() else "away"  # type: ignore[attr-defined]
