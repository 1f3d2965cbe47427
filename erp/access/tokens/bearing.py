"""A token is presented: whose it is, and what happens when it is not good.

All of this runs before the transaction of the request, so that what is noted stays, whatever
becomes of the request. Nobody learns from the answer why a token was refused: unknown, expired and
revoked ones cost the same queries, and get the same answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from erp.access.models import User
from erp.access.sign_in.backend import PeopleBackend
from erp.access.sign_in.events import Kind, note
from erp.access.tokens.models import AppToken
from erp.core import clock, origin
from erp.core.tenancy import open_companies

START: Final = "rappen_"
NOTED_EVERY: Final = dt.timedelta(minutes=1)
REFUSED_NOTED_EVERY: Final = 60 * 60  # seconds, for one token and address
LIMITS: Final = {"refused": "30/m/key"}
WAIT: Final = 60  # seconds
_NOBODY: Final = 0

log = logging.getLogger(__name__)


class TooManyRefused(Exception):
    """So many tokens were refused to one address that it must wait; good ones still pass."""


@dataclass(frozen=True)
class Bearer:
    """A good token that was presented: whose, for which company, and for which rights at most."""

    token: int
    company: int
    user: User
    scopes: frozenset[str]


@dataclass(frozen=True)
class _Kept:
    pk: int
    company: int
    user: int
    digest: str
    scopes: Sequence[str]
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


def new_secret() -> str:
    """A token of 256 random bits."""
    return START + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@sensitive_variables("secret")
def bearer_of(request: HttpRequest, secret: str) -> Bearer | None:
    """Who presents a token, or None if it is not good. Raises ``TooManyRefused``."""
    digest = digest_of(secret)
    kept = _find(digest)
    user = PeopleBackend().get_user(kept.user if kept else _NOBODY)
    if kept is None or not hmac.compare_digest(kept.digest, digest):
        _count_refused(request)
        return None
    reason = _what_is_wrong(kept, user)
    if user is None or reason:
        _count_refused(request)
        _note_refused(kept, reason)
        return None
    _note_use(kept)
    return Bearer(kept.pk, kept.company, user, frozenset(kept.scopes))


def _find(digest: str) -> _Kept | None:
    """What is kept of a token; no company is open yet, so a function looks over the fence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rappen_find_token(%s)", [digest])
        row = cursor.fetchone()
    return _Kept(*row) if row else None


def _what_is_wrong(kept: _Kept, user: User | None) -> str:
    if kept.revoked_at is not None:
        return "revoked"
    if clock.now() >= kept.expires_at:
        return "expired"
    if user is None:
        return "inactive"
    if user.password_breached_at is not None:
        return "password_breached"
    return "" if user.has_factor else "factor_missing"


def _count_refused(request: HttpRequest) -> None:
    address = ratelimit.truncate_ip(origin.current().address)
    used: Any = ratelimit.consume(
        request, app="erp.tokens", action="refused", config=LIMITS, key=address, limit_get=True
    )
    if not used:
        log.warning("too many tokens were refused to %s", address)
        raise TooManyRefused


def _note_refused(kept: _Kept, reason: str) -> None:
    """Tell the owner that somebody tries a token which was good once: every hour, not every time."""
    log.warning("token %s was refused: %s", kept.pk, reason)
    key = f"token-refused:{kept.pk}:{digest_of(origin.current().address)}"
    if cache.add(key, True, REFUSED_NOTED_EVERY):
        owner = User.objects.get(pk=kept.user)
        note(owner, Kind.TOKEN_REFUSED, token=kept.pk, company=kept.company, reason=reason)


def _note_use(kept: _Kept) -> None:
    """Note when and from where a token was used, once a minute."""
    now = clock.now()
    if kept.last_used_at is not None and now - kept.last_used_at < NOTED_EVERY:
        return
    with transaction.atomic():
        open_companies([kept.company])
        mine = AppToken.of(kept.company).filter(pk=kept.pk)
        mine.filter(Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)).update(
            last_used_at=now, last_address=origin.current().address
        )
