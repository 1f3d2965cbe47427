"""Versions of what is read (ETag), and answers without a body to whoever has it already."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.response import Response

_READING: Final = ("GET", "HEAD")


def etag(representation: Any) -> str:
    """The version of a resource, from what it shows; ``If-Match`` takes it for a change."""
    written = json.dumps(representation, sort_keys=True, cls=DjangoJSONEncoder)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


def with_etag(representation: Any, status: int = 200) -> Response:
    return Response(representation, status=status, headers={"ETag": etag(representation)})


def unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give JSON that was read its version, and say 304 to whoever has that one (If-None-Match).

    What has no version of its own, such as a list, gets a weak one: no change goes by it.
    """
    if request.method not in _READING or response.status_code != HTTPStatus.OK:
        return response
    content = getattr(response, "content", None)
    if content is None or not response.get("Content-Type", "").startswith("application/json"):
        return response
    if "ETag" not in response.headers:
        response["ETag"] = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or response["ETag"].removeprefix("W/") in {k.removeprefix("W/") for k in known}:
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.content = b""  # type: ignore[attr-defined]
        del response["Content-Type"]
    return response
