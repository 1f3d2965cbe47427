"""Who calls an endpoint: a program by its app token, or a phone by its session.

An app token is ``Authorization: Bearer rappen_…``, a phone's session is ``X-Session-Token``.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from erp.access.models import User
from erp.access.tokens.bearing import WAIT, Bearer, TooManyRefused, bearer_of
from erp.core import origin
from erp.core.origin import Via

SCHEME: Final = "Bearer"
_FOUND: Final = "_rappen_bearer"
_PHONE: Final = "_rappen_phone"


class TokenRefused(AuthenticationFailed):
    """One answer for every reason."""

    default_code = "token_refused"
    default_detail = _("This token is not good, or not any more.")


def look_up(request: HttpRequest) -> None:
    """Find out whose token or session a request brings, before its transaction begins.

    So what is noted of it stays, whatever becomes of the request: that a token was refused, that
    a phone's session is over. The first caller asks; the framework's own authentication takes the
    answer from the request.
    """
    if hasattr(request, _FOUND) or hasattr(request, _PHONE):
        return  # carried over
    secret = _presented(request)
    if secret is None:
        setattr(request, _PHONE, _phone(request))
        return
    try:
        setattr(request, _FOUND, bearer_of(request, secret))
    except TooManyRefused as refusal:
        setattr(request, _FOUND, refusal)


def carry_over(request: HttpRequest, part: HttpRequest) -> None:
    """Let a part of a request come from whoever sent the whole, who was looked up once."""
    for name in (_FOUND, _PHONE, "user", "session", "LANGUAGE_CODE", "_dont_enforce_csrf_checks"):
        if hasattr(request, name):
            setattr(part, name, getattr(request, name))


def who_is(request: HttpRequest) -> str:
    """A name for who sends a request that was looked up: a person, or blank."""
    bearer, phone = getattr(request, _FOUND, None), getattr(request, _PHONE, None)
    if isinstance(bearer, Bearer):
        return f"person:{bearer.user.pk}"  # all tokens of a person together
    person: Any = phone[0] if phone else None
    if person is None and _presented(request) is None and request.user.is_authenticated:
        person = request.user
    return f"person:{person.pk}" if person else ""


def bearer_in(request: Request) -> Bearer | None:
    """The token that signed a request in, if one did."""
    return request.auth if isinstance(request.auth, Bearer) else None


class AppTokenAuthentication(BaseAuthentication):
    """Whoever sends a token is judged by it alone, whatever session comes along."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        if _presented(request._request) is None:
            return None
        found = getattr(request._request, _FOUND, None)
        if isinstance(found, TooManyRefused):
            raise Throttled(wait=WAIT)
        if not isinstance(found, Bearer):
            raise TokenRefused
        origin.come_by(Via.TOKEN)
        structlog.contextvars.bind_contextvars(token=found.token)
        return found.user, found

    def authenticate_header(self, request: Any) -> str:
        return SCHEME


class PhoneAuthentication(BaseAuthentication):
    """Somebody on a phone."""

    def authenticate(self, request: Request) -> tuple[User, SessionBase] | None:
        asked = request._request
        found: tuple[User, SessionBase] | None = (
            getattr(asked, _PHONE) if hasattr(asked, _PHONE) else _phone(asked)
        )
        return found


def _phone(request: HttpRequest) -> tuple[User, SessionBase] | None:
    token = request.headers.get("X-Session-Token", "")
    found: Any = authenticate_by_x_session_token(token) if token else None
    return found


def _presented(request: HttpRequest) -> str | None:
    """What follows ``Bearer``; another scheme is nobody's token."""
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else None
