"""What all invitations have in common (Einladungen): the link, the sender, and how often.

Nothing here asks whether somebody signs in with an address already, so that an invitation tells
nobody but its receiver.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.giving import token_digest
from erp.access.models import Invited, User
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.users import NotAnEmail, create_user
from erp.core import clock
from erp.core.errors import DomainError, called

LASTS: Final = dt.timedelta(hours=72)
MOST_AN_HOUR: Final = 20  # by one person, wherever
LONGEST_EMAIL: Final = 254
WAITING: Final = Q(accepted_at=None, withdrawn_at=None)
#: After these an account is its owner's again, and what was sent in their name before is void.
CREDENTIALS: Final = frozenset({Kind.PASSWORD_CHANGED, Kind.FACTOR_REMOVED})
_TOKEN_BYTES: Final = 32

Sent = TypeVar("Sent", bound=Invited)


class AlreadyInvited(DomainError):
    code = "access.already_invited"
    message = _("An invitation to %(email)s is open. Send it again, or withdraw it first.")
    field = "email"
    conflict = True


class TooManyOpen(DomainError):
    code = "access.too_many_open_invitations"
    message = _("%(most)s invitations are open. Withdraw those that nobody will accept any more.")
    conflict = True


class TooManyInvitations(DomainError):
    code = "access.too_many_invitations"
    message = _("You have sent %(most)s invitations within an hour. Go on later.")
    conflict = True


class InvitationGone(DomainError):
    code = "access.invitation_gone"
    message = _("This invitation is no longer valid. Ask for a new one.")
    conflict = True


class ForSomebodyElse(DomainError):
    code = "access.invitation_for_somebody_else"
    message = _("This invitation is for another address than the one you are signed in with. "
                "Sign out, and open the link once more.")  # fmt: skip


@dataclass(frozen=True)
class Issued(Generic[Sent]):
    """An invitation and the token of its link, which is kept nowhere and leaves by mail only."""

    invitation: Sent
    token: str


def sound(email: str) -> str:
    """An address as it is kept. Raises ``NotAnEmail``."""
    email = email.strip().lower()
    try:
        if len(email) > LONGEST_EMAIL:
            raise ValidationError("too long")
        validate_email(email)
    except ValidationError:
        raise NotAnEmail(email=email[:60]) from None
    return email


def make_room(waiting: QuerySet[Sent], email: str, *, most: int) -> None:
    """Let an expired invitation to an address make way for a new one.

    ``waiting`` are all that were neither accepted nor withdrawn. Raises ``AlreadyInvited`` or
    ``TooManyOpen``.
    """
    now = clock.now()
    waiting.filter(email=email, expires_at__lte=now).update(withdrawn_at=now)
    still = waiting.filter(expires_at__gt=now)
    if still.filter(email=email).exists():
        raise AlreadyInvited(email=email)
    if still.count() >= most:
        raise TooManyOpen(most=most)


def new_link() -> tuple[str, dict[str, Any]]:
    """A token, and what an invitation keeps of it."""
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), clock.now()
    kept = {"digest": token_digest(token), "created_at": now, "expires_at": now + LASTS}
    return token, kept


def renew(invitation: Sent, *, by: User) -> Issued[Sent]:
    """Give an invitation a new link in the name of who sends it now; the old link is dead."""
    token, kept = new_link()
    for name, value in {**kept, "by": by}.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=[*kept, "by"])
    return Issued(invitation, token)


def count(by: User, **where: int) -> None:
    """Note that somebody invites, and refuse it where they have done so too often.

    Their row is held meanwhile: what they send elsewhere at the same moment counts, too. Raises
    ``TooManyInvitations``.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    since = clock.now() - dt.timedelta(hours=1)
    sent = SecurityEvent.objects.filter(user=by, kind=Kind.INVITED, at__gt=since)
    if sent.count() >= MOST_AN_HOUR:
        raise TooManyInvitations(most=MOST_AN_HOUR)
    note(by, Kind.INVITED, **where)


def still_meant(waiting: Iterable[Sent]) -> list[Sent]:
    """Those that are open, and that their sender still stands for, as far as the account goes.

    Whoever takes an account back after a theft changes the password or a factor; what the thief
    has sent is void by that (ASVS 2.5), and from the moment on that the password has to be changed.
    One query.
    """
    waiting = [
        one for one in waiting
        if one.is_open and one.by.is_active and one.by.password_breached_at is None
    ]  # fmt: skip
    if not waiting:
        return []
    changes = SecurityEvent.objects.filter(
        user__in={one.by_id for one in waiting}, kind__in=CREDENTIALS
    )
    latest = dict(changes.order_by().values_list("user").annotate(at=Max("at")))
    return [one for one in waiting if one.by_id not in latest or latest[one.by_id] < one.created_at]


@sensitive_variables("password")
def new_person(invitation: Invited, *, name: str, password: str, words: Iterable[str]) -> User:
    """Whoever accepts and does not sign in here yet, with the invited address.

    Raises ``EmailTaken``, ``WeakPassword`` or ``NotOneLine``.
    """
    with called(password="password1"):  # noqa: S106 - a place, no password
        return create_user(
            email=invitation.email, name=name, password=password, words=words,
            language=(translation.get_language() or invitation.language)[:2],
        )  # fmt: skip


def accepted(invitation: Invited, user: User, **where: int) -> None:
    """Note that an invitation was accepted; its link is used up."""
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    note(user, Kind.JOINED, **where)
