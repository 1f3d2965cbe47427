"""Phones that stay signed in (angemeldete Telefone): refresh tokens, each of them good once.

Whoever signs in on a phone with a second factor gets a refresh token beside the session. It buys
the next session and the next token, and is worth nothing afterwards. All tokens of one sign-in are
a family, and of these two things are kept: the digests of the latest token and of the one before.

What comes twice has two owners, so the whole family ends (RFC 9700, section 4.14.2). Only a lost
answer looks the same: a phone sends its token, and a tunnel swallows the new one. The token before
is therefore good once more, but only while nobody has used anything of that answer, neither the
session nor the token, and no longer than the session in it would have lasted unused. Then the
lost ones are void. So a thief who repeats a token in that time throws the phone out of its
session, and the phone's next step with a void token ends the family of both.

Two at the same moment are one phone in a hurry: the second is told to wait for the first's answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from erp.access.models import User
from erp.access.sign_in import devices, sessions
from erp.access.sign_in.backend import FACTORS, PeopleBackend
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import KnownDevice, PhoneGrant
from erp.core import clock

IDLE: Final = dt.timedelta(days=30)
LONGEST: Final = dt.timedelta(days=90)
REPEATED_WITHIN: Final = dt.timedelta(seconds=sessions.IDLE)
AT_ONCE: Final = dt.timedelta(seconds=5)
KEPT: Final = dt.timedelta(days=90)  # after it could be refreshed last
START: Final = "phone_"
_FAMILY: Final = 22  # letters of 128 random bits; the 256 of the token itself follow

Ended = PhoneGrant.Ended


class Refusal(StrEnum):
    """Why a token is not taken."""

    NOT_GOOD = "not_good"
    TWICE = "twice"
    AT_ONCE = "at_once"


@dataclass(frozen=True)
class Refreshed:
    """The next session and the next token of a phone."""

    session_key: str
    token: str


@dataclass(frozen=True)
class Refused:
    """A token that is not taken; ``user`` where somebody has to hear of it."""

    why: Refusal
    user: User | None = None


@transaction.atomic
def begin(*, user: User, device: KnownDevice, session: SessionBase) -> str:
    """Let a phone stay signed in from now on (angemeldet bleiben); its first refresh token.

    What the device had before ends. ``session`` is the one that has just begun.
    """
    end(PhoneGrant.objects.filter(device=device), Ended.REPLACED)
    family = START + secrets.token_urlsafe(16)
    token = _next(family)
    now = clock.now()
    PhoneGrant.objects.filter(user=user, expires_at__lt=now - KEPT).delete()
    grant = PhoneGrant.objects.create(
        user=user, device=device, family=_digest(family), digest=_digest(token),
        stamp=_stamp(user), session_key=session.session_key or "", begun_at=now, used_at=now,
        expires_at=now + IDLE,
    )  # fmt: skip
    session[sessions.GRANT] = grant.pk
    return token


@sensitive_variables()
@transaction.atomic
def refresh(token: str) -> Refreshed | Refused:
    """Take a refresh token for the next session and the next token, or say why not.

    A refusal is returned, not raised: what it ends has to stay ended.
    """
    family = family_of(token)
    mine = PhoneGrant.objects.select_for_update(of=("self",)).select_related("device")
    grant = mine.filter(family=_digest(family)).first()
    if grant is None or grant.ended_at is not None:
        return Refused(Refusal.NOT_GOOD)
    now, digest = clock.now(), _digest(token)
    if hmac.compare_digest(digest, grant.digest):
        grant.digest_before = digest
    elif not _may_repeat(grant, digest, now):
        _end(grant, Ended.TWICE)
        note(grant.user, Kind.PHONE_TWICE)
        return Refused(Refusal.TWICE, grant.user)
    elif now - grant.used_at < AT_ONCE:
        return Refused(Refusal.AT_ONCE)
    user = PeopleBackend().get_user(grant.user_id)
    wrong = _what_is_wrong(grant, user, now)
    if user is None or wrong:
        _end(grant, wrong)
        return Refused(Refusal.NOT_GOOD)
    return _turn(grant, user, family, now)


def family_of(token: str) -> str:
    """What all tokens of one phone's sign-in begin with."""
    return token[: len(START) + _FAMILY]


def end(grants: QuerySet[PhoneGrant], why: str, *, keep: str = "") -> list[str]:
    """Sign phones out, but for the session ``keep``; the keys of the sessions they had."""
    with transaction.atomic():
        still = grants.filter(ended_at=None).order_by("pk").select_for_update(of=("self",))
        return [_end(one, why, keep=keep) for one in still]


def open_grants() -> QuerySet[PhoneGrant]:
    """Phones that are signed in."""
    return PhoneGrant.objects.filter(
        ended_at=None, expires_at__gt=clock.now(), device__isnull=False
    )


def _may_repeat(grant: PhoneGrant, digest: str, now: dt.datetime) -> bool:
    """Whether this is the token before, and nobody has used what was given for it."""
    return (
        hmac.compare_digest(digest, grant.digest_before)
        and not grant.answer_came
        and dt.timedelta() <= now - grant.used_at < REPEATED_WITHIN
    )


def _what_is_wrong(grant: PhoneGrant, user: User | None, now: dt.datetime) -> str:
    if user is None:
        return Ended.INACTIVE
    if now >= grant.expires_at:
        return Ended.EXPIRED
    if grant.device is None:
        return Ended.DEVICE
    if user.password_breached_at is not None:
        return Ended.BREACHED
    return "" if user.has_factor and _stamp(user) == grant.stamp else Ended.CHANGED


def _turn(grant: PhoneGrant, user: User, family: str, now: dt.datetime) -> Refreshed:
    sessions.drop(grant.session_key)
    token = _next(family)
    grant.session_key = sessions.begin_for_phone(user, grant.pk)
    grant.digest, grant.answer_came, grant.used_at = _digest(token), False, now
    grant.expires_at = min(now + IDLE, grant.begun_at + LONGEST)
    grant.save()
    if grant.device is not None:
        devices.seen(grant.device)
    return Refreshed(grant.session_key, token)


def _end(grant: PhoneGrant, why: str, *, keep: str = "") -> str:
    if grant.session_key != keep:
        sessions.drop(grant.session_key)
    grant.ended_at, grant.ended_by = clock.now(), why
    grant.save(update_fields=["ended_at", "ended_by"])
    return grant.session_key


def _next(family: str) -> str:
    return family + secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _stamp(user: User) -> str:
    """What changes with the password and with the factors."""
    factors = Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("pk")
    told = ",".join(map(str, factors.values_list("pk", flat=True)))
    text = f"{user.get_session_auth_hash()}:{told}"
    return salted_hmac("erp.access.sign_in.grants", text, algorithm="sha256").hexdigest()
