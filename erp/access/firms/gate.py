"""The door of a fiduciary's cockpit: all running mandates of a firm at once, to read only.

Whatever is written for a client goes through ``in_client``, one client at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import structlog
from django.http import Http404

from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.gate import Access, access_to, effective
from erp.access.models import Role, User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.tenancy import open_companies, set_local


@dataclass(frozen=True)
class FirmAccess:
    """What somebody of a firm's staff may see in each of its clients right now.

    ``rights`` are by company: what the mandate grants, as far as the team role goes and modules are
    switched on.
    """

    firm: Firm
    staff: FirmStaff
    companies: Mapping[int, Company]
    rights: Mapping[int, frozenset[str]]

    @property
    def user(self) -> User:
        return self.staff.user

    def companies_with(self, permission: Permission) -> list[int]:
        """The clients in which somebody has a right: a figure that needs it is asked for in no other."""
        return [company for company, held in self.rights.items() if permission in held]


def staff_of(firm_id: int, *, user: User) -> FirmStaff:
    """Who one is in a firm, or a 404: strangers do not learn that it exists.

    No company is opened: by this come what belongs to the firm alone. Must run inside a transaction.
    """
    set_local("rappen.user", str(user.pk))
    structlog.contextvars.bind_contextvars(user=user.pk)
    found = FirmStaff.objects.select_related("firm").filter(firm=firm_id, user=user).first()
    if found is None or not user.is_active:
        raise Http404
    found.user = user
    return found


def over_mandates(firm_id: int, *, user: User) -> FirmAccess:
    """Open all clients of a firm to somebody of its staff, to read only, or answer 404.

    From here on the transaction writes nothing (AUZ-10). Four queries, however many mandates.
    Must run inside a transaction.
    """
    staff = staff_of(firm_id, user=user)
    mandates = list(
        Mandate.unscoped.filter(firm=firm_id, ended_at=None).select_related("company")
        .order_by("company__name", "company")
    )  # fmt: skip
    open_companies((one.company_id for one in mandates), read_only=True)
    rows = Role.unscoped.filter(pk__in=[one.role_id for one in mandates])
    roles = {(one.company_id, one.pk): one for one in rows}  # ids are a company's own
    return FirmAccess(
        staff.firm, staff, {one.company_id: one.company for one in mandates},
        {one.company_id: _granted(one.company, roles[one.company_id, one.role_id], staff.team_role)
         for one in mandates},
    )  # fmt: skip


def _granted(company: Company, role: Role, team_role: str) -> frozenset[str]:
    return _through(role.rights, team_role, tuple(company.modules))


@lru_cache(maxsize=500)
def _through(rights: frozenset[str], team_role: str, modules: tuple[str, ...]) -> frozenset[str]:
    """What comes through of a mandate; the same role, team role and modules come again and again."""
    held = rights & FirmStaff(team_role=team_role).rights
    return effective(Company(modules=list(modules)), held)


def in_client(firm_id: int, company_id: int, *, user: User) -> Access:
    """Open one client of a firm, to write in it: the ordinary door, while the mandate runs.

    Raises a 404 where somebody is not of the firm, or the firm not of the company. Must run inside
    a transaction of its own: two clients are never open to be written in.
    """
    access = access_to(company_id, user=user)
    running = Mandate.of(company_id).filter(firm=firm_id, ended_at=None)
    if not running.exists() or not FirmStaff.objects.filter(firm=firm_id, user=user).exists():
        raise Http404
    return access
