"""Phones as allauth's headless endpoints see them: ``X-Session-Token``, and ``tokens/refresh``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, Never

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.headless.base.response import ConflictResponse, RateLimitResponse
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.models import User
from erp.access.sign_in import grants, sessions
from erp.access.sign_in.grants import Refusal, Refused
from erp.access.sign_in.models import KnownDevice, PhoneGrant

LIMITS: Final = {"refresh": "60/m/ip", "refresh_family": "10/m/key"}
_REFRESH: Final = "/tokens/refresh"
_TOKEN: Final = "_rappen_refresh_token"  # noqa: S105 - a name


class PhoneSessions(SessionTokenStrategy):
    """Sessions of phones, and the refresh tokens that begin them."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        """The session's token; a refresh needs none, and may bring one that has just ended."""
        if request.path.endswith(_REFRESH):
            return None
        token: str | None = super().get_session_token(request)
        return token

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = super().lookup_session(session_token)
        if session is None or SESSION_KEY not in session:
            return session  # nobody, or somebody on the way in
        if not sessions.goes_on(session):
            session.flush()
            return None
        if session.modified:
            try:
                session.save()
            except UpdateError:  # it was ended a moment ago
                return None
        return session

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """What a full sign-in adds to its answer: a refresh token, beside the session's own."""
        token = getattr(request, _TOKEN, None)
        if token is None:
            return None
        return {"access_token": request.session.session_key, "refresh_token": token}

    @sensitive_variables()
    def refresh_token(self, refresh_token: str) -> tuple[str, str]:
        """The next session and the next refresh token; other answers are raised."""
        request = context.request
        token = refresh_token if refresh_token.isascii() else ""  # ours are
        family = grants.family_of(token)
        if not (_hears(request, "refresh") and _hears(request, "refresh_family", family)):
            raise ImmediateHttpResponse(RateLimitResponse(request))
        found = grants.refresh(token)
        if isinstance(found, Refused):
            _refuse(request, found)
        return found.session_key, found.token


def stay_signed_in(request: HttpRequest, user: User, device: KnownDevice) -> None:
    """Give a phone that has signed in with a second factor what it stays signed in with."""
    headless = getattr(getattr(request, "allauth", None), "headless", None)
    if getattr(headless, "client", None) != Client.APP or user.password_breached_at is not None:
        return
    if not request.session.session_key:
        request.session.save()
    if any(record["method"] == "mfa" for record in get_authentication_records(request, user)):
        setattr(request, _TOKEN, grants.begin(user=user, device=device, session=request.session))


def sign_out(session: SessionBase) -> None:
    """Let a phone that signs out stay out."""
    if sessions.GRANT in session:
        mine = PhoneGrant.objects.filter(pk=session[sessions.GRANT])
        grants.end(mine, PhoneGrant.Ended.SIGNED_OUT)


def _hears(request: HttpRequest, action: str, key: str | None = None) -> bool:
    used: Any = ratelimit.consume(request, app="erp.phones", action=action, config=LIMITS, key=key)
    return bool(used)


def _refuse(request: HttpRequest, refused: Refused) -> Never:
    """Answer a token that is not taken; whoever is not in a hurry learns no reason."""
    if refused.why == Refusal.AT_ONCE:
        answer: HttpResponse = ConflictResponse(request)
        answer["Retry-After"] = str(int(grants.AT_ONCE.total_seconds()))
        raise ImmediateHttpResponse(answer)
    if refused.user is not None:
        adapter: Any = get_adapter(request)
        adapter.send_notification_mail("account/email/phone_twice", refused.user)
    told = ValidationError(_("This refresh token is not good, or not any more. Sign in again."),
                           code="refresh_token_refused")  # fmt: skip
    raise ImmediateHttpResponse(
        ErrorResponse(request, exception=told, status=HTTPStatus.BAD_REQUEST)
    )
