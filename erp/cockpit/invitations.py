"""Inviting people by e-mail, and joining (Einladungen). Nobody signs up by themselves.

Nothing here asks whether somebody signs in with an address already, so that an invitation tells
nobody but its receiver.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.giving import invited, rights_of, token_digest
from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import Permission
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.users import NotAnEmail, create_user
from erp.audit import trail
from erp.cockpit.members import grant
from erp.cockpit.roles import NoSuchRole, hold, require_held
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, called

LASTS: Final = dt.timedelta(hours=72)
MOST_OPEN: Final = 50  # in a company
MOST_AN_HOUR: Final = 20  # by one person, wherever
LONGEST_EMAIL: Final = 254
_TOKEN_BYTES: Final = 32


class NoRoleChosen(DomainError):
    code = "access.no_role_chosen"
    message = _("Choose at least one role for the invitation.")
    field = "roles"


class AlreadyMember(DomainError):
    code = "access.already_member"
    message = _("%(email)s has access to this company already. Give further roles in the list.")
    field = "email"
    conflict = True


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
    message = _("This invitation is for another address than the one you are signed in with.")


@dataclass(frozen=True)
class Issued:
    """An invitation and the token of its link, which is kept nowhere and leaves by mail only."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    *, company: Company, email: str, roles: Iterable[str], by: User, language: str | None = None
) -> Issued:
    """Invite whoever reads the mail of an address to some roles (einladen).

    Raises ``NotAnEmail``, ``NoRoleChosen``, ``NoSuchRole``, ``MoreThanYouHave``,
    ``AlreadyMember``, ``AlreadyInvited``, ``TooManyOpen`` or ``TooManyInvitations``.
    """
    company, email = hold(company), sound_email(email)
    chosen = _grantable(company, roles, by=by)
    if Membership.of(company).filter(user__email=email).exists():
        raise AlreadyMember(email=email)
    _end_expired(company, email)
    waiting = open_invitations(company)
    if waiting.filter(email=email).exists():
        raise AlreadyInvited(email=email)
    if waiting.count() >= MOST_OPEN:
        raise TooManyOpen(most=MOST_OPEN)
    _count(by, company)
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), clock.now()
    invitation = Invitation.unscoped.create(
        company=company, email=email, roles=chosen, language=language or company.language,
        digest=token_digest(token), by=by, created_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    trail.record(company=company, by=by, action="invitation.send", subject=invitation,
                 details=trail.values(invitation, "email", "roles"))  # fmt: skip
    return Issued(invitation, token)


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> Issued:
    """Send an invitation again: a new link for 72 hours, in the name of who sends it now.

    The old link is dead. Raises ``InvitationGone`` when it was accepted or withdrawn meanwhile,
    and what ``invite`` raises.
    """
    company = hold(invitation.company)
    invitation = _unfinished(company, invitation)
    _grantable(company, invitation.roles, by=by)
    if Membership.of(company).filter(user__email=invitation.email).exists():
        raise AlreadyMember(email=invitation.email)
    if not invitation.is_open and open_invitations(company).count() >= MOST_OPEN:
        raise TooManyOpen(most=MOST_OPEN)
    _count(by, company)
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), clock.now()
    before = {"by": invitation.by.email, "expires_at": invitation.expires_at}
    invitation.digest, invitation.by = token_digest(token), by
    invitation.created_at, invitation.expires_at = now, now + LASTS
    invitation.save(update_fields=["digest", "by", "created_at", "expires_at"])
    after = {"by": by.email, "expires_at": invitation.expires_at}
    trail.record(company=company, by=by, action="invitation.resend", subject=invitation,
                 details={"email": invitation.email, **trail.changes(before, after)})  # fmt: skip
    return Issued(invitation, token)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back; its link is dead. Raises ``InvitationGone``."""
    company = hold(invitation.company)
    invitation = _unfinished(company, invitation)
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    trail.record(company=company, by=by, action="invitation.withdraw", subject=invitation,
                 details=trail.values(invitation, "email", "roles"))  # fmt: skip


def found(token: str) -> Invitation:
    """The invitation of a link, its company open to this transaction.

    Raises ``InvitationGone``, whatever is the matter: never sent, accepted, withdrawn, expired, or
    its sender has lost a right since.
    """
    invitation = invited(token)
    if invitation is None or not _stands(invitation):
        raise InvitationGone
    return invitation


@transaction.atomic
def accept(token: str, *, user: User) -> Company:
    """Join a company as somebody who has signed in with the invited address.

    The roles are given in the name of the sender, by the same rules as directly. Raises
    ``InvitationGone`` or ``ForSomebodyElse``.
    """
    invitation = _held(token)
    if user.email != invitation.email:
        raise ForSomebodyElse
    return _join(invitation, user)


@sensitive_variables("token", "password")
@transaction.atomic
def accept_as_new(token: str, *, name: str, password: str) -> User:
    """Join a company as somebody who does not sign in here yet; they sign in afterwards.

    Raises ``InvitationGone``, ``EmailTaken`` or ``WeakPassword``.
    """
    invitation = _held(token)
    company = invitation.company
    with called(password="password1"):  # noqa: S106 - a place, no password
        user = create_user(
            email=invitation.email, name=name, password=password,
            language=(translation.get_language() or invitation.language)[:2],
            words=(company.name, company.short_name),
        )  # fmt: skip
    _join(invitation, user)
    return user


def open_invitations(company: Company) -> QuerySet[Invitation]:
    """Those that can still be accepted."""
    return unfinished(company).filter(expires_at__gt=clock.now())


def unfinished(company: Company) -> QuerySet[Invitation]:
    """Those that were neither accepted nor withdrawn, expired ones among them; newest first."""
    waiting = Invitation.of(company).filter(accepted_at=None, withdrawn_at=None)
    return waiting.select_related("company", "by").order_by("-created_at", "-pk")


def _held(token: str) -> Invitation:
    """As ``found``, with the company held: what is checked now is so until it is written."""
    hold(found(token).company)
    return found(token)


def _stands(invitation: Invitation) -> bool:
    """Whether it is open, and its sender could give these roles today."""
    if not invitation.is_open:
        return False
    held = rights_of(invitation.by, invitation.company)
    roles = Role.of(invitation.company).filter(code__in=invitation.roles)
    rights = {Permission.MEMBERS_CHANGE.value, *(right for role in roles for right in role.rights)}
    return len(roles) == len(invitation.roles) and rights <= held


def _join(invitation: Invitation, user: User) -> Company:
    company = invitation.company
    for code in invitation.roles:
        grant(company=company, user=user, role=code, by=invitation.by)
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    trail.record(company=company, by=user, action="invitation.accept", subject=invitation,
                 details={**trail.values(invitation, "email", "roles"),
                          "by": invitation.by.email})  # fmt: skip
    note(user, Kind.JOINED, company=company.pk)
    return company


def _unfinished(company: Company, invitation: Invitation) -> Invitation:
    found = unfinished(company).filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationGone
    return found


def _grantable(company: Company, roles: Iterable[str], *, by: User) -> list[str]:
    """The codes of roles that ``by`` may give, each once."""
    wanted = list(dict.fromkeys(roles))
    if not wanted:
        raise NoRoleChosen
    there = {role.code: role for role in Role.of(company).filter(code__in=wanted)}
    for code in wanted:
        if code not in there:
            raise NoSuchRole(role=code, field="roles")
    with called(role="roles"):
        rights = {right for role in there.values() for right in role.rights}
        require_held(rights, by=by, company=company)
    return wanted


def sound_email(email: str) -> str:
    email = email.strip().lower()
    try:
        if len(email) > LONGEST_EMAIL:
            raise ValidationError("too long")
        validate_email(email)
    except ValidationError:
        raise NotAnEmail(email=email[:60]) from None
    return email


def _count(by: User, company: Company) -> None:
    """Note that somebody invites, and refuse it where they have done so too often."""
    since = clock.now() - dt.timedelta(hours=1)
    sent = SecurityEvent.objects.filter(user=by, kind=Kind.INVITED, at__gt=since)
    if sent.count() >= MOST_AN_HOUR:
        raise TooManyInvitations(most=MOST_AN_HOUR)
    note(by, Kind.INVITED, company=company.pk)


def _end_expired(company: Company, email: str) -> None:
    """An expired invitation makes way for a new one."""
    now = clock.now()
    expired = Invitation.of(company).filter(
        email=email, accepted_at=None, withdrawn_at=None, expires_at__lte=now
    )
    expired.update(withdrawn_at=now)
