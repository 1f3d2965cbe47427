"""Signing out elsewhere (anderswo abmelden): sessions, and the phones that would begin new ones."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest

from erp.access.models import User
from erp.access.sign_in import grants
from erp.access.sign_in.models import KnownDevice, PhoneGrant

Ended = PhoneGrant.Ended


@transaction.atomic
def end_all(user: User, *, but: str = "") -> int:
    """Sign a person out everywhere but in one session, which may be that of whoever does it.

    How many sessions and phones there were.
    """
    phones = PhoneGrant.objects.filter(user=user)
    ended = set(grants.end(phones.exclude(session_key=but) if but else phones, Ended.SIGNED_OUT))
    for one in UserSession.objects.filter(user=user).exclude(session_key=but):
        one.end()
        ended.add(one.session_key)
    return len(ended)


def end_others(request: HttpRequest, user: User) -> int:
    """End a person's sessions and phones but for the one at hand; how many there were."""
    return end_all(user, but=request.session.session_key or "")


@transaction.atomic
def end_session(session: UserSession) -> None:
    """End a session, and with that of a phone what lets it begin the next."""
    grants.end(PhoneGrant.objects.filter(session_key=session.session_key), Ended.SIGNED_OUT)
    session.end()


def end_phone(phone: PhoneGrant) -> None:
    """Sign one phone out."""
    grants.end(PhoneGrant.objects.filter(pk=phone.pk), Ended.SIGNED_OUT)


def end_phones(user: User, why: str, *, keep: str = "") -> None:
    """Sign all phones of a person out, as their password or their factors are not what they were.

    The session ``keep`` goes on for the rest of its time.
    """
    grants.end(PhoneGrant.objects.filter(user=user), why, keep=keep)


@transaction.atomic
def forget(device: KnownDevice) -> None:
    """Know a device no more; a phone that is bound to it is signed out."""
    grants.end(PhoneGrant.objects.filter(device=device), Ended.DEVICE)
    device.delete()
