"""What somebody may do in a company, by whatever way they came to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Value

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, Role, User
from erp.companies.models import Company


@dataclass(frozen=True)
class Held:
    """What somebody has in a company: by roles of their own, and by mandates of their firms.

    Of a mandate comes through what the team role lets through.
    """

    own: frozenset[str] = frozenset()
    mandated: frozenset[str] = frozenset()
    firms: frozenset[int] = frozenset()

    @property
    def rights(self) -> frozenset[str]:
        return self.own | self.mandated


def held_by(people: Iterable[int], company: Company | int) -> dict[int, Held]:
    """What each of these people has in an open company, in a fixed number of queries."""
    own: dict[int, set[str]] = {person: set() for person in people}
    mandated: dict[int, set[str]] = {person: set() for person in own}
    firms: dict[int, set[int]] = {person: set() for person in own}
    for one in Membership.of(company).filter(user__in=list(own)).select_related("role"):
        own[one.user_id] |= one.role.rights
    running = list(Mandate.of(company).filter(ended_at=None).select_related("role"))
    if running:
        granted = {mandate.firm_id: mandate.role.rights for mandate in running}
        staff: Iterable[FirmStaff] = FirmStaff.objects.filter(user__in=list(own), firm__in=granted)
        for worker in staff:
            mandated[worker.user_id] |= granted[worker.firm_id] & worker.rights
            firms[worker.user_id].add(worker.firm_id)
    return {
        person: Held(frozenset(own[person]), frozenset(mandated[person]), frozenset(firms[person]))
        for person in own
    }


def held(user: User, company: Company | int) -> Held:
    """What one person has in an open company, in one query."""
    told = ("role__code", "role__ready", "role__permissions")
    own = Membership.of(company).filter(user=user)
    mandates = Mandate.of(company).filter(ended_at=None, firm__staff__user=user)
    rows = own.values_list(*told, Value(0), Value("")).union(
        mandates.values_list(*told, "firm_id", "firm__staff__team_role"), all=True
    )
    mine: set[str] = set()
    mandated: set[str] = set()
    firms: set[int] = set()
    for code, ready, permissions, firm, team_role in rows:
        rights = Role(code=code, ready=ready, permissions=permissions).rights
        if firm:
            mandated |= rights & FirmStaff(team_role=team_role).rights
            firms.add(firm)
        else:
            mine |= rights
    return Held(frozenset(mine), frozenset(mandated), frozenset(firms))


def colleagues(firms: Iterable[int], emails: Iterable[str]) -> dict[tuple[int, str], FirmStaff]:
    """Who of these addresses works for which of these firms."""
    wanted = list(firms)
    if not wanted:
        return {}
    found = FirmStaff.objects.filter(firm__in=wanted, user__email__in=list(emails))
    return {(one.firm_id, one.user.email): one for one in found.select_related("user", "firm")}
