"""One effect per key, however often a phone repeats itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import User
from erp.api.models import IdempotencyRecord, PersonalIdempotencyRecord
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import set_local

LASTING: Final = dt.timedelta(days=365)
PASSING: Final = dt.timedelta(days=90)
AT_ONCE: Final = 5000  # rows
LARGEST_ANSWER: Final = 1024 * 1024  # characters; of what is longer the id is kept


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
    told once: who sends such a write again with its key learns the id of what it made then.
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


@dataclass(frozen=True)
class InCompany:
    """Keys of somebody in a company."""

    company: Company
    user: User

    @property
    def name(self) -> str:
        return f"{self.company.pk}:{self.user.pk}"

    def kept(self) -> QuerySet[IdempotencyRecord]:
        return IdempotencyRecord.of(self.company).filter(user=self.user)

    def keep(self, **told: Any) -> None:
        IdempotencyRecord.unscoped.create(company=self.company, user=self.user, **told)


@dataclass(frozen=True)
class Personal:
    """Keys of somebody outside of a company: for themselves, or in the firm of this number."""

    user: User
    firm: int | None = None

    @property
    def name(self) -> str:
        return f"person:{self.user.pk}:{self.firm or ''}"

    def kept(self) -> QuerySet[PersonalIdempotencyRecord]:
        set_local("rappen.user", str(self.user.pk))
        return PersonalIdempotencyRecord.of_person(self.user, self.firm)

    def keep(self, **told: Any) -> None:
        set_local("rappen.user", str(self.user.pk))  # what was done may have opened another door
        PersonalIdempotencyRecord.unscoped.create(user=self.user, firm_id=self.firm, **told)


def once(
    request: Request, holder: InCompany | Personal, operation: str, act: Callable[[], Response],
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
    _lock(f"{holder.name}:{operation}:{key}", key)
    digest = _digest(request)
    kept = holder.kept().filter(operation=operation, key=key).first()
    if kept is not None:
        if kept.payload_digest != digest:
            raise KeyReused(key=key)
        headers = {"Idempotency-Replayed": "true"} | ({"ETag": kept.etag} if kept.etag else {})
        return Response(kept.body, status=kept.status, headers=headers)
    answer = act()
    if answer.status_code < HTTPStatus.BAD_REQUEST and hasattr(answer, "data"):
        how = keeping()
        holder.keep(
            operation=operation, key=key, payload_digest=digest, status=answer.status_code,
            etag=answer.headers.get("ETag", ""), lasting=how.lasting, at=clock.now(),
            body=answer.data if how.whole and _is_short(answer.data) else _named(answer.data),
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


def forget_of_people(*, now: dt.datetime) -> int:
    """Forget the keys outside of companies that nobody repeats any more, as ``forget``; how many."""
    gone = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT rappen_forget_keys(%s, %s, %s)", [now - PASSING, now - LASTING, AT_ONCE]
            )
            (some,) = cursor.fetchone()
            gone += some
            if some < AT_ONCE:
                return gone


def _is_short(body: Any) -> bool:
    return len(json.dumps(body, cls=DjangoJSONEncoder)) <= LARGEST_ANSWER


def _named(body: Any) -> Any:
    """Which record an answer speaks of."""
    return {"id": body["id"]} if isinstance(body, dict) and "id" in body else None


def _lock(name: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise StillRunning(key=key)


def _digest(request: Request) -> str:
    """What a request says, under a key of ours: nobody finds a wage by trying amounts.

    What its view names as ``secrets`` is left out: a passphrase is kept in no form at all.
    """
    view = (request.parser_context or {}).get("view")
    secrets: frozenset[str] = getattr(view, "secrets", frozenset())
    parts: list[Any] = [request.path, json.dumps(request.query_params, sort_keys=True)]
    if request.FILES:
        for name, files in sorted(request.FILES.lists()):
            parts += [(name, _digest_of(file)) for file in files]
        parts.append(sorted(request.POST.lists()))
    else:
        told = request.data
        if secrets and isinstance(told, dict):
            told = {name: value for name, value in told.items() if name not in secrets}
        parts.append(json.dumps(told, sort_keys=True, default=str))
    return salted_hmac("rappen.idempotency", repr(parts), algorithm="sha256").hexdigest()


def _digest_of(file: UploadedFile) -> str:
    """The SHA-256 of a file, read piece by piece from its start, and again by who comes next."""
    found = hashlib.sha256()
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
