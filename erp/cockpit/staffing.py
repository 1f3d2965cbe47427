"""Who works for a fiduciary's firm: inviting them by e-mail, changing and ending it.

The firm is held first, so that one change follows the other. What changes holds in every mandate
with the next request.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.firms.models import Firm, FirmInvitation, FirmStaff, Mandate
from erp.access.giving import invited_to_firm
from erp.access.models import User
from erp.cockpit import inviting
from erp.cockpit.inviting import ForSomebodyElse, InvitationGone, Issued
from erp.cockpit.leaving import close_behind
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies, set_local

MOST_OPEN: Final = 50  # in a firm


class NotInFirm(DomainError):
    code = "firms.not_in_firm"
    message = _("Only those who manage %(firm)s may do this.")


class NotStaff(DomainError):
    code = "firms.not_staff"
    message = _("%(user)s does not work for %(firm)s. Send an invitation.")
    field = "user"


class AlreadyStaff(DomainError):
    code = "firms.already_staff"
    message = _("%(email)s works for %(firm)s already. Change the team role in the list.")
    field = "email"
    conflict = True


class LastManager(DomainError):
    code = "firms.last_manager"
    message = _("%(user)s is the last to manage %(firm)s. Name somebody else first.")
    field = "user"
    conflict = True


@transaction.atomic
def invite_staff(
    firm: Firm, *, email: str, team_role: str, by: User, language: str | None = None
) -> Issued[FirmInvitation]:
    """Invite whoever reads the mail of an address to work for the firm.

    The answer is the same whether or not they sign in here already. Raises ``NotInFirm``,
    ``NotAnEmail``, ``AlreadyStaff``, ``AlreadyInvited``, ``TooManyOpen`` or ``TooManyInvitations``.
    """
    firm, email = _managed(firm, by), inviting.sound(email)
    _require_outside(firm, email)
    waiting = FirmInvitation.objects.filter(inviting.WAITING, firm=firm)
    inviting.make_room(waiting, email, most=MOST_OPEN)
    inviting.count(by, firm=firm.pk)
    token, kept = inviting.new_link()
    invitation = FirmInvitation.objects.create(
        firm=firm, email=email, team_role=team_role, by=by,
        language=language or (translation.get_language() or by.language)[:2], **kept,
    )  # fmt: skip
    return Issued(invitation, token)


@transaction.atomic
def resend(invitation: FirmInvitation, *, by: User) -> Issued[FirmInvitation]:
    """Send an invitation again: a new link for 72 hours, in the name of who sends it now.

    Raises ``InvitationGone`` when it was accepted or withdrawn meanwhile, and what
    ``invite_staff`` raises.
    """
    firm = _managed(invitation.firm, by)
    invitation = _unfinished(firm, invitation)
    _require_outside(firm, invitation.email)
    inviting.count(by, firm=firm.pk)
    return inviting.renew(invitation, by=by)


@transaction.atomic
def withdraw(invitation: FirmInvitation, *, by: User) -> None:
    """Take an invitation back; its link is dead. Raises ``NotInFirm`` or ``InvitationGone``."""
    invitation = _unfinished(_managed(invitation.firm, by), invitation)
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])


def found(token: str) -> FirmInvitation:
    """The invitation of a link, its firm open to this transaction.

    Raises ``InvitationGone``, whatever is the matter: never sent, accepted, withdrawn, expired, or
    no longer meant by its sender (``standing``).
    """
    invitation = invited_to_firm(token)
    if invitation is None or not standing(invitation.firm, [invitation]):
        raise InvitationGone
    return invitation


@transaction.atomic
def accept(token: str, *, user: User) -> Firm:
    """Begin to work for a firm, having signed in with the invited address.

    Raises ``InvitationGone`` or ``ForSomebodyElse``.
    """
    invitation = _held(token)
    if user.email != invitation.email:
        raise ForSomebodyElse
    return _join(invitation, user)


@sensitive_variables("token", "password")
@transaction.atomic
def accept_as_new(token: str, *, name: str, password: str) -> User:
    """Begin to work for a firm as somebody who does not sign in here yet.

    Raises ``InvitationGone``, ``EmailTaken``, ``WeakPassword`` or ``NotOneLine``.
    """
    invitation = _held(token)
    words = (invitation.firm.name,)
    user = inviting.new_person(invitation, name=name, password=password, words=words)
    _join(invitation, user)
    return user


@transaction.atomic
def set_staff(
    firm: Firm, *, user: User, team_role: str, is_manager: bool = False, by: User
) -> FirmStaff:
    """Change how far somebody of the firm may go. Raises ``NotInFirm``, ``NotStaff`` or
    ``LastManager``.
    """
    firm = _managed(firm, by)
    found = FirmStaff.objects.filter(firm=firm, user=user).first()
    if found is None:
        raise NotStaff(user=user, firm=firm)
    if not is_manager:
        _keep_a_manager(firm, user)
    found.team_role, found.is_manager = team_role, is_manager
    found.save(update_fields=["team_role", "is_manager"])
    return found


@transaction.atomic
def remove_staff(firm: Firm, *, user: User, by: User) -> None:
    """Let somebody no longer work for the firm: every client closes to them at once.

    Their app tokens and the support access they allowed end for good: neither comes back when they
    work for the firm again. Raises ``NotInFirm`` or ``LastManager``.
    """
    firm = _managed(firm, by)
    _keep_a_manager(firm, user)
    running = Mandate.unscoped.filter(firm=firm, ended_at=None).order_by("company")
    clients = list(running.values_list("company", flat=True))
    if not FirmStaff.objects.filter(firm=firm, user=user).delete()[0]:
        return
    for number in clients:
        open_companies([number])  # the firm's own client
        close_behind(Company.objects.get(pk=number), by=by)


def unfinished(firm: Firm) -> QuerySet[FirmInvitation]:
    """Those that were neither accepted nor withdrawn, expired ones among them; newest first."""
    waiting = FirmInvitation.objects.filter(inviting.WAITING, firm=firm)
    return waiting.select_related("firm", "by").order_by("-created_at", "-pk")


def standing(firm: Firm, waiting: list[FirmInvitation]) -> frozenset[int]:
    """Which of these can be accepted: open, and meant by somebody who manages the firm still."""
    meant = inviting.still_meant(waiting)
    managers = set(firm.staff.filter(is_manager=True).values_list("user", flat=True))
    return frozenset(one.pk for one in meant if one.by_id in managers)


def _join(invitation: FirmInvitation, user: User) -> Firm:
    firm = invitation.firm
    FirmStaff.objects.get_or_create(
        firm=firm, user=user,
        defaults={"team_role": invitation.team_role, "since": clock.now()},
    )  # fmt: skip
    inviting.accepted(invitation, user, firm=firm.pk)
    return firm


def _held(token: str) -> FirmInvitation:
    """As ``found``, with the firm held: what is checked now is so until it is written."""
    Firm.objects.select_for_update(no_key=True).get(pk=found(token).firm_id)
    return found(token)


def _managed(firm: Firm, by: User) -> Firm:
    """The firm, held, if ``by`` manages it. Raises ``NotInFirm``."""
    set_local("rappen.user", str(by.pk))
    held = Firm.objects.select_for_update(no_key=True).filter(pk=firm.pk).first()
    if held is None or not held.staff.filter(user=by, is_manager=True).exists():
        raise NotInFirm(firm=firm)
    return held


def _require_outside(firm: Firm, email: str) -> None:
    if firm.staff.filter(user__email=email).exists():
        raise AlreadyStaff(email=email, firm=firm)


def _unfinished(firm: Firm, invitation: FirmInvitation) -> FirmInvitation:
    found = unfinished(firm).filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationGone
    return found


def _keep_a_manager(firm: Firm, user: User) -> None:
    managers = firm.staff.filter(is_manager=True, user__is_active=True)
    if managers.filter(user=user).exists() and not managers.exclude(user=user).exists():
        raise LastManager(user=user, firm=firm)
