"""How long a session lasts (Sitzungsdauer): 30 minutes without a request, 12 hours in all."""

from __future__ import annotations

from typing import Final

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from erp.access.models import User
from erp.core import clock, origin

IDLE: Final = 30 * 60  # seconds
LONGEST: Final = 12 * 60 * 60
NOTED_EVERY: Final = 60  # so that reading pages seldom writes
BEGUN, SEEN = "begun_at", "seen_at"


def begin(request: HttpRequest) -> None:
    """Let a session's time run from now."""
    request.session[BEGUN] = request.session[SEEN] = _now()


def end_others(request: HttpRequest, user: User) -> int:
    """End a person's sessions but for the one at hand; how many there were."""
    return end_all(user, but=request.session.session_key or "")


def end_all(user: User, *, but: str = "") -> int:
    """End a person's sessions but for one, which may be that of whoever ends them."""
    others = UserSession.objects.filter(user=user).exclude(session_key=but)
    for one in others:
        one.end()
    return len(others)


def rename(request: HttpRequest) -> None:
    """Give a session that may do more from now on a new name: the old one opens nothing (SES-1)."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def goes_on(session: SessionBase) -> bool:
    """Whether a signed-in session may go on; notes that it does. One without a time may not.

    A clock that was set back revives none: what lies in the future is over, too.
    """
    now = _now()
    begun, seen = session.get(BEGUN), session.get(SEEN)
    if not isinstance(begun, int) or not isinstance(seen, int):
        return False
    if not (0 <= now - begun < LONGEST and -NOTED_EVERY <= now - seen < IDLE):
        return False
    if now - seen >= NOTED_EVERY:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(
            last_seen_at=clock.now(),
            ip=origin.current().address or "0.0.0.0",  # noqa: S104
        )
    return True


def _now() -> int:
    return int(clock.now().timestamp())


class PhoneSessions(SessionTokenStrategy):
    """Sessions of phones (``X-Session-Token``), which end like those of browsers."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = super().lookup_session(session_token)
        if session is None or SESSION_KEY not in session:
            return session  # nobody, or somebody on the way in
        if not goes_on(session):
            session.flush()
            return None
        if session.modified:
            session.save()
        return session
