"""Inviting people to a company by e-mail, and joining. Nobody signs up by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.giving import invited
from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import Permission
from erp.access.rights import colleagues, held_by
from erp.audit import trail
from erp.cockpit import inviting
from erp.cockpit.inviting import ForSomebodyElse, InvitationGone, Issued
from erp.cockpit.members import grant
from erp.cockpit.roles import NoSuchRole, hold, require_givable
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, called
from payroll.delivery import signing_in

MOST_OPEN: Final = 50  # in a company


class NoRoleChosen(DomainError):
    code = "access.no_role_chosen"
    message = _("Choose at least one role for the invitation.")
    field = "roles"


class AlreadyMember(DomainError):
    code = "access.already_member"
    message = _("%(email)s has access to this company already. Give further roles in the list.")
    field = "email"
    conflict = True


@transaction.atomic
def invite(
    *, company: Company, email: str, roles: Iterable[str], by: User, language: str | None = None
) -> Issued[Invitation]:
    """Invite whoever reads the mail of an address to some roles (einladen).

    Raises ``NotAnEmail``, ``NoRoleChosen``, ``NoSuchRole``, ``MoreThanYouHave``, ``OwnFirm``,
    ``AlreadyMember``, ``AlreadyInvited``, ``TooManyOpen`` or ``TooManyInvitations``.
    """
    company, email = hold(company), inviting.sound(email)
    chosen, through = _grantable(company, roles, to=email, by=by)
    if Membership.of(company).filter(user__email=email).exists():
        raise AlreadyMember(email=email)
    inviting.make_room(Invitation.of(company).filter(inviting.WAITING), email, most=MOST_OPEN)
    inviting.count(by, company=company.pk)
    token, kept = inviting.new_link()
    invitation = Invitation.unscoped.create(
        company=company, email=email, roles=chosen, language=language or company.language, by=by,
        **kept,
    )  # fmt: skip
    trail.record(company=company, by=by, action="invitation.send", subject=invitation,
                 details=trail.values(invitation, "email", "roles") | through)  # fmt: skip
    return Issued(invitation, token)


@transaction.atomic
def resend(invitation: Invitation, *, by: User) -> Issued[Invitation]:
    """Send an invitation again: a new link for 72 hours, in the name of who sends it now.

    The old link is dead. Raises ``InvitationGone`` when it was accepted or withdrawn meanwhile,
    and what ``invite`` raises.
    """
    company = hold(invitation.company)
    invitation = _unfinished(company, invitation)
    _roles, through = _grantable(company, invitation.roles, to=invitation.email, by=by)
    if Membership.of(company).filter(user__email=invitation.email).exists():
        raise AlreadyMember(email=invitation.email)
    if not invitation.is_open and open_invitations(company).count() >= MOST_OPEN:
        raise inviting.TooManyOpen(most=MOST_OPEN)
    inviting.count(by, company=company.pk)
    before = {"by": invitation.by.email, "expires_at": invitation.expires_at}
    issued = inviting.renew(invitation, by=by)
    after = {"by": by.email, "expires_at": invitation.expires_at}
    trail.record(company=company, by=by, action="invitation.resend", subject=invitation,
                 details={"email": invitation.email, **trail.changes(before, after), **through})  # fmt: skip
    return issued


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
    no longer meant by its sender (``standing``).
    """
    invitation = invited(token)
    if invitation is None or not standing(invitation.company, [invitation]):
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

    Raises ``InvitationGone``, ``EmailTaken``, ``WeakPassword`` or ``NotOneLine``.
    """
    invitation = _held(token)
    company = invitation.company
    words = (company.name, company.short_name)
    user = inviting.new_person(invitation, name=name, password=password, words=words)
    _join(invitation, user)
    return user


def open_invitations(company: Company) -> QuerySet[Invitation]:
    """Those that have not run out."""
    return unfinished(company).filter(expires_at__gt=clock.now())


def unfinished(company: Company) -> QuerySet[Invitation]:
    """Those that were neither accepted nor withdrawn, expired ones among them; newest first."""
    waiting = Invitation.of(company).filter(inviting.WAITING)
    return waiting.select_related("company", "by").order_by("-created_at", "-pk")


def standing(company: Company, waiting: Iterable[Invitation]) -> frozenset[int]:
    """Which of these can be accepted: open, and their sender means and could give them today.

    The number of queries does not grow with them.
    """
    meant = inviting.still_meant(waiting)
    if not meant:
        return frozenset()
    senders = held_by({one.by_id for one in meant}, company)
    rights = {role.code: role.rights for role in Role.of(company)}
    firms = {firm for sender in senders.values() for firm in sender.firms}
    staff = colleagues(firms, [one.email for one in meant])
    stands = set()
    for one in meant:
        sender = senders[one.by_id]
        wanted = {Permission.MEMBERS_CHANGE.value}
        wanted.update(*(rights[code] for code in one.roles if code in rights))
        is_own_firm = any((firm, one.email) in staff for firm in sender.firms)
        if set(one.roles) <= set(rights) and wanted <= (
            sender.own if is_own_firm else sender.rights
        ):
            stands.add(one.pk)
    return frozenset(stands)


def _held(token: str) -> Invitation:
    """As ``found``, with the company held: what is checked now is so until it is written."""
    hold(found(token).company)
    return found(token)


def _join(invitation: Invitation, user: User) -> Company:
    company = invitation.company
    for code in invitation.roles:
        grant(company=company, user=user, role=code, by=invitation.by)
    signing_in.claim(company, invitation=invitation.pk, user=user)
    inviting.accepted(invitation, user, company=company.pk)
    trail.record(company=company, by=user, action="invitation.accept", subject=invitation,
                 details={**trail.values(invitation, "email", "roles"),
                          "by": invitation.by.email})  # fmt: skip
    return company


def _unfinished(company: Company, invitation: Invitation) -> Invitation:
    found = unfinished(company).filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationGone
    return found


def _grantable(
    company: Company, roles: Iterable[str], *, to: str, by: User
) -> tuple[list[str], dict[str, str]]:
    """The codes of roles that ``by`` may give, each once, and what the trail says of it."""
    wanted = list(dict.fromkeys(roles))
    if not wanted:
        raise NoRoleChosen
    there = {role.code: role for role in Role.of(company).filter(code__in=wanted)}
    for code in wanted:
        if code not in there:
            raise NoSuchRole(role=code, field="roles")
    with called(role="roles", user="email"):
        rights = {right for role in there.values() for right in role.rights}
        return wanted, require_givable(rights, to=[to], by=by, company=company)
