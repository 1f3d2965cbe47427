"""What somebody may do in a company, by whatever way they came to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, Role, User
from erp.access.permissions import ADMINISTERS
from erp.companies.models import Company

#: The roles of a person in a company, and those of its mandates with their part in the firm. Asked
#: with each request, so it is written out: putting it together took as long as asking it.
HELD: Final = """
    SELECT r.code, r.ready, r.permissions, NULL::bigint, ''
    FROM erp_membership m JOIN erp_role r ON r.company_id = m.company_id AND r.id = m.role_id
    WHERE m.company_id = %(company)s AND m.user_id = %(user)s
    UNION ALL
    SELECT r.code, r.ready, r.permissions, s.firm_id, s.team_role
    FROM erp_mandate d JOIN erp_role r ON r.company_id = d.company_id AND r.id = d.role_id
    JOIN erp_firmstaff s ON s.firm_id = d.firm_id
    WHERE d.company_id = %(company)s AND d.ended_at IS NULL AND s.user_id = %(user)s
"""


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
    number = company if isinstance(company, int) else company.pk
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"user": user.pk, "company": number})
        return held_in(cursor.fetchall())


def held_in(rows: Iterable[Sequence[Any]]) -> Held:
    """What the rows of ``HELD`` come to."""
    mine: set[str] = set()
    mandated: set[str] = set()
    firms: set[int] = set()
    for code, ready, permissions, firm, team_role in rows:
        rights = Role(code=code, ready=ready, permissions=permissions).rights
        if firm is None:
            mine |= rights
        else:
            mandated |= rights & FirmStaff(team_role=team_role).rights
            firms.add(firm)
    return Held(frozenset(mine), frozenset(mandated), frozenset(firms))


def colleagues(firms: Iterable[int], emails: Iterable[str]) -> dict[tuple[int, str], FirmStaff]:
    """Who of these addresses works for which of these firms."""
    wanted = list(firms)
    if not wanted:
        return {}
    found = FirmStaff.objects.filter(firm__in=wanted, user__email__in=list(emails))
    return {(one.firm_id, one.user.email): one for one in found.select_related("user", "firm")}


def administrators(company_id: int) -> list[User]:
    """Active people who give access to a company, by a role of their own."""
    rows = Membership.of(company_id).filter(user__is_active=True)
    found = {
        one.user_id: one.user for one in rows.select_related("user", "role")
        if ADMINISTERS & set(one.role.rights)
    }  # fmt: skip
    return [found[pk] for pk in sorted(found)]
