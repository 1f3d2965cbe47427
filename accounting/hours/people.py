"""Who works here: everybody with access to a company, and whom a name or a number means."""

from __future__ import annotations

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.access.rights import held_by
from erp.companies.models import Company


def people_of(company: Company) -> list[User]:
    """All active people with access to an open company, by roles of their own or by a mandate."""
    ids = set(Membership.of(company).values_list("user", flat=True))
    firms = list(Mandate.of(company).filter(ended_at=None).values_list("firm", flat=True))
    if firms:
        ids |= set(FirmStaff.objects.filter(firm__in=firms).values_list("user", flat=True))
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk"))


def others_may(company: Company, permission: Permission, *, than: User) -> bool:
    """Whether somebody else with access has a right: then nobody decides on their own matters."""
    others = [one.pk for one in people_of(company) if one.pk != than.pk]
    return any(permission in held.rights for held in held_by(others, company).values())
