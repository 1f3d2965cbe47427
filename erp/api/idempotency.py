"""One effect per key, however often a phone repeats itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import Access
from erp.api.models import IdempotencyRecord
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

LASTING: Final = dt.timedelta(days=365)
PASSING: Final = dt.timedelta(days=90)
AT_ONCE: Final = 5000  # rows


class KeyReused(DomainError):
    code = "api.idempotency_key_reused"
    message = _("The key %(key)s was used for another request. Choose a new key.")
    field = "Idempotency-Key"


class StillRunning(DomainError):
    code = "api.still_running"
    message = _("A request with the key %(key)s is still running. Try again in a moment.")
    field = "Idempotency-Key"
    conflict = True


class KeyMissing(ValidationError):
    """What posts, pays, imports or starts a run is never sent without a key."""

    def __init__(self) -> None:
        told = _("Send a header Idempotency-Key of 8 to 100 characters.")
        super().__init__({"Idempotency-Key": [told]})


@dataclass(frozen=True)
class Keeping:
    """How an answer is kept: ``lasting`` for a year; of one that is not ``whole`` only its id.

    Not whole are answers with what lies sealed in the database, as wages do, and secrets that are
    told once.
    """

    lasting: bool
    whole: bool


def key_in(request: Request) -> str | None:
    """The key that a request brings, or None. Raises ``KeyMissing`` where it is none of ours."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 8 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise KeyMissing
    return key


def once(
    request: Request, access: Access, operation: str, act: Callable[[], Response],
    keeping: Callable[[], Keeping],
) -> Response:  # fmt: skip
    """Run ``act`` once per ``Idempotency-Key``; repeat the first answer afterwards.

    The record is written in the transaction of the effect. Only answers of success are kept;
    ``keeping`` says how, and is asked after the act. Raises ``KeyMissing``, ``KeyReused`` or
    ``StillRunning``.
    """
    key = key_in(request)
    if key is None:
        raise KeyMissing
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
        headers = {"Idempotency-Replayed": "true"} | ({"ETag": kept.etag} if kept.etag else {})
        return Response(kept.body, status=kept.status, headers=headers)
    answer = act()
    if answer.status_code < HTTPStatus.BAD_REQUEST and hasattr(answer, "data"):
        how = keeping()
        IdempotencyRecord.unscoped.create(
            company=access.company, user=access.user, operation=operation, key=key,
            payload_digest=digest, status=answer.status_code, etag=answer.headers.get("ETag", ""),
            body=answer.data if how.whole else _named(answer.data), lasting=how.lasting,
            at=clock.now(),
        )  # fmt: skip
    return answer


def forget(company: Company, *, now: dt.datetime) -> int:
    """Forget the keys of a company that nobody repeats any more; how many.

    What was paid, posted or imported is remembered for a year, all else for 90 days.
    """
    old = Q(at__lt=now - LASTING) | Q(at__lt=now - PASSING, lasting=False)
    rows = IdempotencyRecord.of(company)
    gone = 0
    while some := list(rows.filter(old).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += rows.filter(pk__in=some).delete()[0]
    return gone


def _named(body: Any) -> Any:
    """Which record an answer speaks of."""
    return {"id": body["id"]} if isinstance(body, dict) and "id" in body else None


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
