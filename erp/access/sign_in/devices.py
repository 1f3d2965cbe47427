"""Known devices: a browser that signed in once is told from a stranger with the same password.

A device keeps a random token in a cookie, one for each person who signs in on it; we keep its
digest. So whoever left a token of their own in a shared browser has none of the next person's. A
token signs nobody in. It earns a limit of its own, so that those who guess from elsewhere never
lock out the real person, and it spares the mail that a sign-in from a new device causes. OWASP
calls this a device cookie.
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
PEOPLE: Final = 8  # who are known on one device
_LENGTH: Final = 43  # of a token, as 256 bits are written


def device_of(
    request: HttpRequest, *, email: str = "", user: User | None = None
) -> KnownDevice | None:
    """The device a request comes from, if it is one of this person's, named by e-mail or row."""
    digests = [_digest(token) for token in _tokens(request)]
    if not digests:
        return None
    found = KnownDevice.objects.filter(digest__in=digests)
    found = found.filter(user=user) if user is not None else found.filter(user__email=email.lower())
    return found.first()


def remember(request: HttpRequest, user: User) -> tuple[KnownDevice, bool]:
    """Know this device from now on; it, and whether it was new.

    A new token goes out with the answer (``send_token``), beside those of other people.
    """
    known = device_of(request, user=user)
    if known is not None:
        seen(known)
        return known, False
    come = origin.current()
    token = secrets.token_urlsafe(32)  # never one that somebody else may know
    request.device_tokens = [token, *_known(_tokens(request))][:PEOPLE]  # type: ignore[attr-defined]
    device = KnownDevice.objects.create(
        user=user, digest=_digest(token), agent=come.agent, address=come.address,
        first_seen_at=clock.now(), last_seen_at=clock.now(),
    )  # fmt: skip
    surplus = KnownDevice.objects.filter(user=user).order_by("-last_seen_at").values("pk")[MOST:]
    KnownDevice.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    return device, True


def seen(device: KnownDevice) -> None:
    """Note when, from where and as what a device came last."""
    come = origin.current()
    device.agent, device.address, device.last_seen_at = come.agent, come.address, clock.now()
    device.save(update_fields=["agent", "address", "last_seen_at"])


def send_token(request: HttpRequest, response: HttpResponse) -> None:
    """Let the device keep its new token."""
    if tokens := getattr(request, "device_tokens", []):
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME, ".".join(tokens), max_age=LIFETIME, secure=settings.HTTPS,
            httponly=True, samesite="Lax",
        )  # fmt: skip


def _tokens(request: HttpRequest) -> list[str]:
    """What a device brings: one token for each person."""
    brought = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "").split(".")
    return [token for token in brought[:PEOPLE] if len(token) == _LENGTH]


def _known(tokens: list[str]) -> list[str]:
    digests = {_digest(token): token for token in tokens}
    found = KnownDevice.objects.filter(digest__in=digests).values_list("digest", flat=True)
    known = set(found)
    return [token for digest, token in digests.items() if digest in known]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
