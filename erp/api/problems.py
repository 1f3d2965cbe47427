"""Errors as problem+json (RFC 9457): a stable code, the place, the value, the remedy."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, JsonResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from erp.access.gate import ModuleOff
from erp.core.errors import DomainError, Overtaken, Refusals
from erp.core.problems import CONTENT_TYPE, problem

log = logging.getLogger(__name__)


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_code = "precondition_required"
    default_detail = _("Send If-Match with the ETag you read.")


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("The resource has changed since you read it. Read it again.")


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer, and undo what the request wrote."""
    told = _told(error)
    if told is None:
        return None
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    code, body, headers = told
    return Response(body, status=code, headers=headers, content_type=CONTENT_TYPE)


def with_what_was_written(refusal: DomainError) -> Response:
    """The same answer where the record of the attempt is to stay, and nothing is undone."""
    code, body, headers = _refusal(refusal)
    return Response(body, status=code, headers=headers, content_type=CONTENT_TYPE)


def plain(refusal: DomainError | exceptions.APIException) -> JsonResponse:
    """The same answer outside of the framework's own error handling."""
    told = _told(refusal)
    assert told is not None  # it tells each of the two
    code, body, headers = told
    return JsonResponse(body, status=code, headers=headers, content_type=CONTENT_TYPE)


def _told(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]] | None:
    if isinstance(error, IntegrityError):
        log.error("a write met another one", exc_info=error)
        error = Overtaken()
    if isinstance(error, DomainError):
        return _refusal(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, ModuleOff):
        error = exceptions.PermissionDenied(str(error), code=error.code)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.detail))
        return 400, problem(400, "invalid", force_str(errors[0]["message"]), errors), {}
    if isinstance(error, exceptions.APIException):
        headers = {}
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait))
        code = error.get_codes()
        text = force_str(error.detail)
        return error.status_code, problem(error.status_code, str(code), text, []), headers
    return None


def _refusal(error: DomainError) -> tuple[int, dict[str, Any], dict[str, str]]:
    each = error.refusals if isinstance(error, Refusals) else [error]
    code: int = status.HTTP_409_CONFLICT if error.conflict else status.HTTP_422_UNPROCESSABLE_ENTITY
    if each and all(one.missing for one in each):
        code = status.HTTP_400_BAD_REQUEST
    errors = [
        {
            "code": one.code,
            "field": one.place,
            "message": str(one),
            "values": {name: force_str(value) for name, value in one.values.items()},
        }
        for one in each
    ]
    return code, problem(code, error.code, str(error), errors), {}


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if isinstance(name, int):  # a row of a list
                yield from _flat(inner, f"{path}[{name}]")
                continue
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(p for p in (path, step) if p))
    elif isinstance(detail, list):
        for nth, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from _flat(inner, f"{path}[{nth}]" if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"code": code, "field": path or None, "message": force_str(detail), "values": {}}
