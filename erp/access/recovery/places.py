"""Where somebody works, and who there may say that it is them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.access.recovery.models import RecoveryApproval
from erp.access.rights import held_by
from erp.companies.models import Company
from erp.core.tenancy import open_companies, set_local


@dataclass(frozen=True)
class Place:
    """A company or a firm, and those of it who could confirm; perhaps nobody."""

    where: Company | Firm
    approvers: tuple[User, ...]


def places_of(user: User) -> list[Place]:
    """All places somebody works in by a role of their own or as staff.

    Opens these companies for the rest of the transaction, and acts in the person's name.
    """
    set_local("rappen.user", str(user.pk))
    own = list(Membership.unscoped.filter(user=user).values_list("company", flat=True).distinct())
    open_companies(own)
    staff = FirmStaff.objects.filter(user=user).select_related("firm")
    firms = [Place(one.firm, _managers(one.firm, user)) for one in staff.order_by("firm__name")]
    found = Company.objects.filter(pk__in=own).order_by("name")
    return [Place(one, _admins(one, user)) for one in found] + firms


def still_vouches(approval: RecoveryApproval, *, for_: User) -> bool:
    """Whether whoever confirmed could do so today. ``places_of`` has opened the companies."""
    by = approval.by
    if by is None or not by.is_active:
        return False
    if approval.firm_id is not None:
        manages = FirmStaff.objects.filter(firm=approval.firm_id, user=by, is_manager=True)
        return is_strong_enough(by, for_=for_) and manages.exists()
    return by.pk in _may([by], for_, approval.company_id or 0)


def is_strong_enough(by: User, *, for_: User) -> bool:
    """Only who operates this installation says of somebody else who does that it is them.

    Else whoever manages one small company would decide who operates all of them.
    """
    return by.is_operator or not for_.is_operator


def _admins(company: Company, user: User) -> tuple[User, ...]:
    members = {one.user for one in Membership.of(company).select_related("user")}
    firms = Mandate.of(company).filter(ended_at=None).values("firm")
    members |= {one.user for one in FirmStaff.objects.filter(firm__in=firms).select_related("user")}
    people = sorted((one for one in members if one.is_active), key=lambda one: one.pk)
    may = _may(people, user, company.pk)
    return tuple(one for one in people if one != user and one.pk in may)


def _may(people: Iterable[User], user: User, company: int) -> set[int]:
    """Who of these may vouch: nobody does for rights that they do not have themselves."""
    strong = [one.pk for one in people if is_strong_enough(one, for_=user)]
    found = held_by([user.pk, *strong], company)
    wanted = {Permission.MEMBERS_CHANGE, *found[user.pk].rights}
    return {person for person in strong if found[person].rights >= wanted}


def _managers(firm: Firm, user: User) -> tuple[User, ...]:
    managers = firm.staff.filter(is_manager=True, user__is_active=True).exclude(user=user)
    people = (one.user for one in managers.select_related("user").order_by("user"))
    return tuple(one for one in people if is_strong_enough(one, for_=user))
