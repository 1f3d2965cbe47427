"""Fiduciaries at work (Mandate): found a firm, let staff in, give a mandate, end it."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.audit import trail
from erp.cockpit.roles import hold, require_held, role_named
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import set_local

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


class NotInFirm(DomainError):
    code = "firms.not_in_firm"
    message = _("Only those who manage %(firm)s may do this.")


class UnknownPerson(DomainError):
    code = "firms.unknown_person"
    message = _("Nobody signs in with %(email)s yet. Have them invited by a company of yours first, "
                "or ask whoever runs Rappen.")  # fmt: skip
    field = "email"


class LastManager(DomainError):
    code = "firms.last_manager"
    message = _("%(user)s is the last to manage %(firm)s. Name somebody else first.")
    field = "user"
    conflict = True


class UnknownFirm(DomainError):
    code = "firms.unknown_firm"
    message = _("There is no fiduciary with the code “%(code)s”. Ask your fiduciary for it.")
    field = "firm_code"


class MandateThere(DomainError):
    code = "firms.mandate_there"
    message = _("%(firm)s has a mandate already. End it first to give another role.")
    field = "firm_code"
    conflict = True


class MandateEnded(DomainError):
    code = "firms.mandate_ended"
    message = _("The mandate of %(firm)s has ended already.")
    conflict = True


@transaction.atomic
def found_firm(*, name: str, manager: User, by: User) -> Firm:
    """Take on a fiduciary with the first person who manages it; an operator's act."""
    set_local("rappen.user", str(by.pk))
    firm = Firm.objects.create(name=name.strip(), code=_new_code(), created_at=clock.now())
    FirmStaff.objects.create(firm=firm, user=manager, team_role=FirmStaff.TeamRole.LEAD,
                             is_manager=True, since=clock.now())  # fmt: skip
    return firm


@transaction.atomic
def set_staff(
    firm: Firm, *, email: str, team_role: str, is_manager: bool = False, by: User
) -> FirmStaff:
    """Let somebody who signs in here work for the firm, or change how far they may go.

    It holds in every mandate with the next request. Raises ``NotInFirm``, ``UnknownPerson`` or
    ``LastManager``.
    """
    firm = _managed(firm, by)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise UnknownPerson(email=email[:60])
    if not is_manager:
        _keep_a_manager(firm, user)
    found, _created = FirmStaff.objects.update_or_create(
        firm=firm, user=user, defaults={"team_role": team_role, "is_manager": is_manager},
        create_defaults={"team_role": team_role, "is_manager": is_manager, "since": clock.now()},
    )  # fmt: skip
    return found


@transaction.atomic
def remove_staff(firm: Firm, *, user: User, by: User) -> None:
    """Let somebody no longer work for the firm: every client closes to them at once.

    Raises ``NotInFirm`` or ``LastManager``.
    """
    firm = _managed(firm, by)
    _keep_a_manager(firm, user)
    FirmStaff.objects.filter(firm=firm, user=user).delete()


@transaction.atomic
def give_mandate(*, company: Company, firm_code: str, role: str, by: User) -> Mandate:
    """Let a fiduciary's staff work in the company with a role (Mandat erteilen).

    Raises ``UnknownFirm``, ``MandateThere``, ``NoSuchRole`` or ``MoreThanYouHave``.
    """
    company = hold(company)
    found = role_named(company, role)
    require_held(found.rights, by=by, company=company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_find_firm(%s)", [firm_code.strip().upper().replace(" ", "")])
        (firm_id,) = cursor.fetchone()
    if firm_id is None:
        raise UnknownFirm(code=firm_code[:20])
    if Mandate.of(company).filter(firm=firm_id, ended_at=None).exists():
        raise MandateThere(firm=Firm.objects.get(pk=firm_id))
    mandate = Mandate.unscoped.create(
        company=company, firm_id=firm_id, role=found, given_by=by, given_at=clock.now()
    )
    trail.record(company=company, by=by, action="mandate.give", subject=mandate,
                 details={"firm": str(mandate.firm), "role": found.code})  # fmt: skip
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, by: User) -> Mandate:
    """End a mandate, from either side: pages, tokens and jobs of the firm's staff close at once.

    Raises ``MandateEnded``.
    """
    company = hold(mandate.company)
    mandate = Mandate.of(company).select_for_update(of=("self",)).select_related("firm").get(
        pk=mandate.pk
    )  # fmt: skip
    if mandate.ended_at is not None:
        raise MandateEnded(firm=mandate.firm)
    mandate.ended_at, mandate.ended_by = clock.now(), by
    mandate.save(update_fields=["ended_at", "ended_by"])
    trail.record(company=company, by=by, action="mandate.end", subject=mandate,
                 details={"firm": str(mandate.firm)})  # fmt: skip
    return mandate


def firms_of(user: User) -> list[FirmStaff]:
    """The firms somebody works for. Must run inside a transaction."""
    set_local("rappen.user", str(user.pk))
    return list(FirmStaff.objects.filter(user=user).select_related("firm").order_by("firm__name"))


def _managed(firm: Firm, by: User) -> Firm:
    """The firm, held, if ``by`` manages it. Raises ``NotInFirm``."""
    set_local("rappen.user", str(by.pk))
    held = Firm.objects.select_for_update().filter(pk=firm.pk).first()
    if held is None or not held.staff.filter(user=by, is_manager=True).exists():
        raise NotInFirm(firm=firm)
    return held


def _keep_a_manager(firm: Firm, user: User) -> None:
    managers = firm.staff.filter(is_manager=True, user__is_active=True)
    if managers.filter(user=user).exists() and not managers.exclude(user=user).exists():
        raise LastManager(user=user, firm=firm)


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def works_here(company: Company) -> list[tuple[Mandate, list[FirmStaff]]]:
    """A company's mandates, running ones first, each with who of the firm has access."""
    mandates = list(
        Mandate.of(company).select_related("firm", "role", "given_by", "ended_by")
        .order_by("-ended_at", "firm__name")
    )  # fmt: skip
    running = {one.firm_id for one in mandates if one.ended_at is None}
    staff: dict[int, list[FirmStaff]] = {}
    rows = FirmStaff.objects.filter(firm__in=running).select_related("user")
    for one in rows.order_by("user__name", "user__email"):
        staff.setdefault(one.firm_id, []).append(one)
    return [(one, staff.get(one.firm_id, []) if one.ended_at is None else []) for one in mandates]


def is_member(user: User, company: Company) -> bool:
    """Whether somebody has a role of their own here, besides any mandate."""
    return Membership.of(company).filter(user=user).exists()
