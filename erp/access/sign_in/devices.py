"""Known devices: a browser that signed in once is told from a stranger with the same password.

A device keeps a random token in a cookie; we keep its digest. It signs nobody in. It earns a
limit of its own, so that those who guess from elsewhere never lock out the real person, and it
spares the mail that a sign-in from a new device causes. OWASP calls this a device cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from erp.access.models import User
from erp.access.sign_in.models import KnownDevice
from erp.core import clock, origin

LIFETIME: Final = 400 * 24 * 60 * 60  # seconds: the longest that browsers keep a cookie
MOST: Final = 50  # devices of one person


def device_of(
    request: HttpRequest, *, email: str = "", user: User | None = None
) -> KnownDevice | None:
    """The device a request comes from, if it is one of this person's, named by e-mail or row."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not token:
        return None
    found = KnownDevice.objects.filter(digest=_digest(token))
    found = found.filter(user=user) if user is not None else found.filter(user__email=email.lower())
    return found.first()


def remember(request: HttpRequest, user: User) -> bool:
    """Know this device from now on; whether it was new.

    A new token goes out with the answer (``send_token``).
    """
    come = origin.current()
    known = device_of(request, user=user)
    if known is not None:
        known.agent, known.address, known.last_seen_at = come.agent, come.address, clock.now()
        known.save(update_fields=["agent", "address", "last_seen_at"])
        return False
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if len(token) != 43 or not KnownDevice.objects.filter(digest=_digest(token)).exists():
        token = secrets.token_urlsafe(32)  # never one that somebody else may have chosen
    request.device_token = token  # type: ignore[attr-defined]
    KnownDevice.objects.create(
        user=user, digest=_digest(token), agent=come.agent, address=come.address,
        first_seen_at=clock.now(), last_seen_at=clock.now(),
    )  # fmt: skip
    surplus = KnownDevice.objects.filter(user=user).order_by("-last_seen_at").values("pk")[MOST:]
    KnownDevice.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    return True


def send_token(request: HttpRequest, response: HttpResponse) -> None:
    """Let the device keep its new token."""
    if token := getattr(request, "device_token", ""):
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME, token, max_age=LIFETIME, secure=settings.HTTPS,
            httponly=True, samesite="Lax",
        )  # fmt: skip


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
