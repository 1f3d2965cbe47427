"""Signing in with another address (Adresse wechseln)."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.addresses.models import LASTS, UNDO_LASTS, AddressChange
from erp.access.gate import access_to, companies_of
from erp.access.giving import token_digest
from erp.access.models import User
from erp.access.recovery.models import FactorRecovery
from erp.access.sign_in import ending, sessions
from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens.models import AppToken
from erp.cockpit import inviting
from erp.cockpit.tokens import revoke_token
from erp.core import clock
from erp.core.errors import DomainError

MOST_A_DAY: Final = 5


class SameAddress(DomainError):
    code = "addresses.same"
    message = _("You sign in with %(email)s already. Type another address.")
    field = "email"


class ChangedTooOften(DomainError):
    code = "addresses.too_often"
    message = _("You asked for another address %(most)s times within a day. Go on tomorrow.")
    field = "email"
    conflict = True


class LinkGone(DomainError):
    code = "addresses.link_gone"
    message = _("This link is no longer valid. Ask for a new one under “Your account”.")
    conflict = True


@transaction.atomic
def ask(user: User, *, email: str) -> None:
    """Mail a link to the new address, and word to the old one.

    Where somebody signs in with the new address already, its owner is told, and whoever asks learns
    nothing of it (AUT-11). Raises ``NotAnEmail``, ``SameAddress`` or ``ChangedTooOften``.
    """
    email, now = inviting.sound(email), clock.now()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if email == user.email:
        raise SameAddress(email=email)
    asked = SecurityEvent.objects.filter(
        user=user, kind=Kind.EMAIL_ASKED, at__gt=now - dt.timedelta(days=1)
    )
    if asked.count() >= MOST_A_DAY:
        raise ChangedTooOften(most=MOST_A_DAY)
    AddressChange.objects.filter(user=user, done_at=None, ended_at=None).update(ended_at=now)
    token = secrets.token_urlsafe(32)
    AddressChange.objects.create(
        user=user, before=user.email, email=email, digest=token_digest(token), undo_digest="",
        asked_at=now,
    )  # fmt: skip
    note(user, Kind.EMAIL_ASKED)
    _tell("asked", user.email, {"email_new": email, "of": user})
    if User.objects.filter(email=email).exists():
        _tell("taken", email, {})
    else:
        _tell("confirm", email, {"link": token, "of": user})


@transaction.atomic
def confirm(token: str, *, user: User, session: str = "") -> User:
    """Sign in with the new address from now on; who reads its mail follows the link.

    All other sessions end. The old address gets a link by which the change is taken back within 72
    hours. Raises ``LinkGone``, also for whoever is signed in as somebody else.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    change = (
        AddressChange.objects.select_for_update()
        .filter(user=user, digest=token_digest(token), done_at=None, ended_at=None).first()
    )  # fmt: skip
    if (
        change is None or change.before != user.email or clock.now() >= change.asked_at + LASTS
        or User.objects.filter(email=change.email).exists()
    ):  # fmt: skip
        raise LinkGone
    undo = secrets.token_urlsafe(32)
    change.done_at, change.undo_digest = clock.now(), token_digest(undo)
    change.save(update_fields=["done_at", "undo_digest"])
    _move(user, change.email)
    ending.end_all(user, but=session)
    _tell("changed", change.before, {"email_new": change.email, "undo": undo, "of": user})
    return user


@transaction.atomic
def take_back(token: str) -> User:
    """Sign in with the old address again, for whoever reads its mail and did not want the change.

    All sessions end, and the password must be changed: somebody else knew it. App tokens made since
    then end, too, and factors set up since, where older ones remain. Raises ``LinkGone``.
    """
    change = (
        AddressChange.objects.select_for_update(of=("self",)).select_related("user")
        .filter(undo_digest=token_digest(token), ended_at=None).first()
    )  # fmt: skip
    if (
        change is None or change.done_at is None or clock.now() >= change.done_at + UNDO_LASTS
        or User.objects.filter(email=change.before).exclude(pk=change.user_id).exists()
    ):  # fmt: skip
        raise LinkGone
    change.ended_at = clock.now()
    change.save(update_fields=["ended_at"])
    later = AddressChange.objects.filter(user=change.user, asked_at__gt=change.asked_at)
    later.filter(ended_at=None).update(ended_at=clock.now())
    user = change.user
    user.password_breached_at = user.password_breached_at or clock.now()
    user.save(update_fields=["password_breached_at"])
    _move(user, change.before)
    ending.end_all(user)
    _clear_up(user, since=change.asked_at - dt.timedelta(seconds=sessions.LONGEST))
    return user


def _clear_up(user: User, *, since: dt.datetime) -> None:
    """End what somebody else may have left in the account to come back by.

    The only factors stay, or the account would open to a new password alone (AUT-8).
    """
    there = Authenticator.objects.filter(user=user)
    if there.filter(type__in=FACTORS, created_at__lt=since).exists():
        with request_context(None):
            removed, _rows = there.filter(created_at__gte=since).delete()
        if removed:
            note(user, Kind.FACTOR_REMOVED, by="address taken back")
    if not user.is_active:
        return
    for company in companies_of(user):
        access_to(company.pk, user=user)
        young = AppToken.of(company).filter(user=user, revoked_at=None, created_at__gte=since)
        for token in list(young):
            revoke_token(token, by=user)


def _move(user: User, email: str) -> None:
    user.email = email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()  # of the library, which would find the old one
    FactorRecovery.void_links(user)
    note(user, Kind.EMAIL_CHANGED)


def _tell(what: str, email: str, context: dict[str, Any]) -> None:
    """Mail an address once all is kept for good."""
    transaction.on_commit(
        lambda: get_adapter().send_mail(f"account/email/address_{what}", email, context),
        robust=True,
    )
