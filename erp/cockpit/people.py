"""Questions about who may do what in a company."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, QuerySet

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, Role, User
from erp.access.permissions import grouped
from erp.access.sign_in.backend import FACTORS
from erp.companies.models import Company


@dataclass(frozen=True)
class Held:
    """A role that somebody has, and whether whoever asks could take it away."""

    role: Role
    takeable: bool


@dataclass(frozen=True)
class Person:
    """A member with all roles; ``addable`` are those that whoever asks could give besides."""

    user: User
    has_factor: bool
    last_sign_in: dt.datetime | None
    roles: list[Held] = field(default_factory=list)
    addable: list[Role] = field(default_factory=list)

    @property
    def removable(self) -> bool:
        return all(held.takeable for held in self.roles)


def roles_of(company: Company) -> QuerySet[Role]:
    """All roles with the number of people who hold them: ready-made ones first, then by name."""
    return (
        Role.of(company)
        .annotate(people=Count("memberships__user", distinct=True))
        .order_by("-ready", "name", "code")
    )


def grantable(company: Company, rights: Collection[str]) -> list[Role]:
    """The roles that somebody with these rights may give."""
    held = frozenset(rights)
    return [role for role in roles_of(company) if role.rights <= held]


def people_of(company: Company, *, asking: User, rights: Collection[str] = ()) -> list[Person]:
    """Everybody with a role, by name; one row per person, whatever the number of roles.

    ``rights`` are what ``asking`` could give and take; nothing where they may only look.
    """
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=FACTORS)
    members = (
        Membership.of(company)
        .select_related("user", "role")
        .annotate(has_factor=Exists(factors))
        .order_by("user__name", "user__email", "role__name")
    )
    held, givable = frozenset(rights), grantable(company, rights) if rights else []
    found: dict[int, Person] = {}
    for member in members:
        person = found.setdefault(
            member.user_id, Person(member.user, member.has_factor, member.user.last_login)
        )
        takeable = bool(held) and (member.role.rights <= held or member.user == asking)
        person.roles.append(Held(member.role, takeable))
    for person in found.values():
        theirs = {one.role.pk for one in person.roles}
        person.addable.extend(role for role in givable if role.pk not in theirs)
    return list(found.values())


def mandated(company: Company) -> list[Any]:
    """Who works here by a mandate that runs, by firm and name: ``FirmStaff`` with ``has_factor``.

    Whoever has a role of their own besides is among the members, too. One query.
    """
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=FACTORS)
    running = Mandate.of(company).filter(ended_at=None).values("firm")
    return list(
        FirmStaff.objects.filter(firm__in=running)
        .select_related("user", "firm")
        .annotate(has_factor=Exists(factors))
        .order_by("firm__name", "user__name", "user__email")
    )


@dataclass(frozen=True)
class Tick:
    """A permission on a role's page."""

    code: str
    label: Any
    on: bool
    fixed: bool


def matrix(ticked: Collection[str], *, editable: Collection[str]) -> list[tuple[Any, list[Tick]]]:
    """The catalogue by module, with what a role grants; fixed is what the reader may not change."""
    return [
        (label, [Tick(p.value, p.label, p.value in ticked, p.value not in editable) for p in group])
        for label, group in grouped()
    ]
