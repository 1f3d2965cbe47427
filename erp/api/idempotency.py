"""One effect per key, however often a phone repeats itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import Access
from erp.api.models import IdempotencyRecord
from erp.core import clock
from erp.core.errors import DomainError


class KeyReused(DomainError):
    code = "api.idempotency_key_reused"
    message = _("The key %(key)s was used for another request. Choose a new key.")
    field = "Idempotency-Key"


class StillRunning(DomainError):
    code = "api.still_running"
    message = _("A request with the key %(key)s is still running. Try again in a moment.")
    field = "Idempotency-Key"
    conflict = True


def once(request: Request, access: Access, operation: str, act: Callable[[], Response]) -> Response:
    """Run ``act`` once per ``Idempotency-Key``; repeat the first answer afterwards.

    The record is written in the transaction of the effect. Only answers of success are kept.
    Raises ``ValidationError`` without a key, ``KeyReused`` or ``StillRunning``.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise ValidationError(
            {"Idempotency-Key": [_("Send a header Idempotency-Key of 8 to 100 characters.")]}
        )
    _lock(f"{access.company.pk}:{access.user.pk}:{operation}:{key}", key)
    digest = _digest(request)
    kept = (
        IdempotencyRecord.of(access.company)
        .filter(user=access.user, operation=operation, key=key)
        .first()
    )
    if kept is not None:
        if kept.payload_digest != digest:
            raise KeyReused(key=key)
        return Response(kept.body, status=kept.status, headers={"Idempotency-Replayed": "true"})
    answer = act()
    IdempotencyRecord.unscoped.create(
        company=access.company, user=access.user, operation=operation, key=key,
        payload_digest=digest, status=answer.status_code, body=answer.data, at=clock.now(),
    )  # fmt: skip
    return answer


def _lock(name: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise StillRunning(key=key)


def _digest(request: Request) -> str:
    """What a request says, under a key of ours: nobody finds a wage by trying amounts."""
    parts: list[Any] = [request.path, json.dumps(request.query_params, sort_keys=True)]
    if request.FILES:
        for name, file in sorted(request.FILES.items()):
            file.seek(0)  # who came here may have read it
            parts.append((name, hashlib.sha256(file.read()).hexdigest()))
            file.seek(0)
        parts.append(sorted((k, v) for k, v in request.POST.items()))
    else:
        parts.append(json.dumps(request.data, sort_keys=True, default=str))
    return salted_hmac("rappen.idempotency", repr(parts), algorithm="sha256").hexdigest()
