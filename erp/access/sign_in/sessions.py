"""How long a session lasts (Sitzungsdauer): 30 minutes without a request, 12 hours in all.

A phone's lasts an hour in all, as it gets the next one by its refresh token (``grants``).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from erp.access.models import User
from erp.access.sign_in.models import PhoneGrant
from erp.core import clock, origin

IDLE: Final = 30 * 60  # seconds
LONGEST: Final = 12 * 60 * 60
LONGEST_OF_PHONE: Final = 60 * 60
NOTED_EVERY: Final = 60  # so that reading pages seldom writes
BEGUN, SEEN = "begun_at", "seen_at"
GRANT, UNUSED = "phone_grant", "phone_session_unused"


def begin(request: HttpRequest) -> None:
    """Let a session's time run from now."""
    request.session[BEGUN] = request.session[SEEN] = _now()


def begin_for_phone(user: User, grant: int) -> str:
    """A signed-in session for a phone's refresh token, in which no factor was used; its key."""
    session = _store()
    session.update({
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        BEGUN: _now(), SEEN: _now(), GRANT: grant, UNUSED: True,
    })  # fmt: skip
    session.create()
    key = session.session_key or ""
    UserSession.objects.create(
        user=user, session_key=key, created_at=clock.now(), last_seen_at=clock.now(),
        ip=_address(), user_agent=origin.current().agent,
    )  # fmt: skip
    return key


def drop(key: str) -> None:
    """Forget a session, and that it is listed."""
    _store().delete(key)
    UserSession.objects.filter(session_key=key).delete()


def rename(request: HttpRequest) -> None:
    """Give a session that may do more from now on a new name: the old one opens nothing (SES-1)."""
    before = request.session.session_key
    request.session.cycle_key()
    now = request.session.session_key
    UserSession.objects.filter(session_key=before).update(session_key=now)
    if GRANT in request.session:
        PhoneGrant.objects.filter(session_key=before).update(session_key=now)


def goes_on(session: SessionBase, *, by_itself: bool = False) -> bool:
    """Whether a signed-in session may go on; notes that it does. One without a time may not.

    What a page asks ``by_itself``, such as how far a job is, is no use of the session. A clock that
    was set back revives none: what lies in the future is over, too.
    """
    now = _now()
    begun, seen = session.get(BEGUN), session.get(SEEN)
    if not isinstance(begun, int) or not isinstance(seen, int):
        return False
    longest = LONGEST_OF_PHONE if GRANT in session else LONGEST
    if not (0 <= now - begun < longest and -NOTED_EVERY <= now - seen < IDLE):
        return False
    if now - seen >= NOTED_EVERY and not by_itself:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(
            last_seen_at=clock.now(), ip=_address()
        )
    if session.pop(UNUSED, False):  # the answer to the refresh has reached the phone
        PhoneGrant.objects.filter(session_key=session.session_key).update(answer_came=True)
    return True


def _store() -> SessionBase:
    engine: Any = import_module(settings.SESSION_ENGINE)
    store: SessionBase = engine.SessionStore()
    return store


def _address() -> str:
    return origin.current().address or "0.0.0.0"  # noqa: S104


def _now() -> int:
    return int(clock.now().timestamp())
