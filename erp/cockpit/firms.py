"""Fiduciaries at work (Mandate): found a firm, give it a mandate, end it."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Final

from allauth.account.adapter import get_adapter
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.access.permissions import OWNER, Permission
from erp.access.rights import held
from erp.audit import trail
from erp.cockpit.leaving import close_behind
from erp.cockpit.roles import hold, require_held, role_named
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import set_local
from erp.core.texts import one_line

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


class FirmNameMissing(DomainError):
    code = "firms.name_missing"
    message = _("The fiduciary has no name. Give it one.")
    field = "name"


class UnknownFirm(DomainError):
    code = "firms.unknown_firm"
    message = _("There is no fiduciary with the code “%(code)s”. Ask your fiduciary for it.")
    field = "firm_code"


class OnlyByTheCompany(DomainError):
    code = "firms.only_by_the_company"
    message = _("You are here by a mandate yourself. Mandates are given by those who have the rights in "
                "%(company)s by a role of their own.")  # fmt: skip
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
def found_firm(*, name: str, manager: User, by: User, may_found: bool = False) -> Firm:
    """Take on a fiduciary with the first person who manages it; an operator's act.

    ``may_found`` lets those who lead it add companies. Raises ``FirmNameMissing``, ``NotOneLine``
    or ``LineTooLong``.
    """
    name = one_line(name, field="name", most=120)
    if not name:
        raise FirmNameMissing
    set_local("rappen.user", str(by.pk))
    firm = Firm.objects.create(
        name=name, code=_new_code(), created_at=clock.now(), may_found=may_found
    )
    FirmStaff.objects.create(firm=firm, user=manager, team_role=FirmStaff.TeamRole.LEAD,
                             is_manager=True, since=clock.now())  # fmt: skip
    return firm


@transaction.atomic
def let_found(*, firm_code: str, may_found: bool, by: User) -> Firm:
    """Say whether those who lead a firm may add companies; an operator's act.

    Raises ``UnknownFirm``.
    """
    set_local("rappen.user", str(by.pk))
    firm = Firm.objects.select_for_update().filter(code=_code(firm_code)).first()
    if firm is None:
        raise UnknownFirm(code=firm_code[:20])
    firm.may_found = may_found
    firm.save(update_fields=["may_found"])
    return firm


@transaction.atomic
def give_mandate(*, company: Company, firm_code: str, role: str, by: User) -> Mandate:
    """Let a fiduciary's staff work in the company with a role (Mandat erteilen).

    Only who has these rights by a role of their own gives a mandate: by mandate nobody lets
    another firm in. The owners and whoever manages the firm are told. Raises ``UnknownFirm``,
    ``MandateThere``, ``NoSuchRole``, ``MoreThanYouHave`` or ``OnlyByTheCompany``.
    """
    company = hold(company)
    found = role_named(company, role)
    require_held(found.rights, by=by, company=company)
    if not {Permission.MEMBERS_CHANGE.value, *found.rights} <= held(by, company).own:
        raise OnlyByTheCompany(company=company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_find_firm(%s)", [_code(firm_code)])
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
    _tell(mandate, "mandate_given", by=by)
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, by: User) -> Mandate:
    """End a mandate, from either side: pages, tokens and jobs of the firm's staff close at once.

    Their app tokens and the support access they allowed end for good: neither comes back with a
    later mandate. Invitations they sent are void. The owners and whoever manages the firm are
    told. Raises ``MandateEnded``.
    """
    company = hold(mandate.company)
    mandate = Mandate.of(company).select_for_update(of=("self",)).select_related("firm", "role").get(
        pk=mandate.pk
    )  # fmt: skip
    if mandate.ended_at is not None:
        raise MandateEnded(firm=mandate.firm)
    mandate.ended_at, mandate.ended_by = clock.now(), by
    mandate.save(update_fields=["ended_at", "ended_by"])
    trail.record(company=company, by=by, action="mandate.end", subject=mandate,
                 details={"firm": str(mandate.firm)})  # fmt: skip
    close_behind(company, by=by)
    _tell(mandate, "mandate_ended", by=by)
    return mandate


def firms_of(user: User) -> list[FirmStaff]:
    """The firms somebody works for. Must run inside a transaction."""
    set_local("rappen.user", str(user.pk))
    return list(FirmStaff.objects.filter(user=user).select_related("firm").order_by("firm__name"))


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


def _tell(mandate: Mandate, template: str, *, by: User) -> None:
    """Write to the owners and to whoever manages the firm, after the commit.

    A mail server that is away is in the log; both sides see the mandate on their pages.
    """
    owners = Membership.of(mandate.company_id).filter(role__code=OWNER, user__is_active=True)
    managers = FirmStaff.objects.filter(
        firm=mandate.firm_id, is_manager=True, user__is_active=True
    ).values_list("user__email", flat=True)  # fmt: skip
    told = {"company_name": mandate.company.name, "firm_name": mandate.firm.name,
            "role": mandate.role, "by": str(by)}  # fmt: skip
    for email in sorted({*owners.values_list("user__email", flat=True), *managers}):
        send = partial(get_adapter().send_mail, f"account/email/{template}", email, told)
        transaction.on_commit(send, robust=True)


def _code(typed: str) -> str:
    return typed.strip().upper().replace(" ", "")


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))
