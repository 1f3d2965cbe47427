"""The gate (Zutritt): who may do what in which company, and the door to its rows.

Everything that touches a company's rows comes through here: pages and endpoints by
``access_to``, commands and jobs by ``operating``. The gate asks; acts do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from erp.access.models import Membership, User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies, set_local


class NoSuchCompany(DomainError):
    code = "access.no_such_company"
    message = _("There is no company “%(reference)s”. Give its number or its short name.")
    field = "company"


class NobodyToActFor(DomainError):
    code = "access.nobody_to_act_for"
    message = _("“%(email)s” is no user of this company. Give the e-mail of a member.")
    field = "by"


@dataclass(frozen=True)
class Access:
    """What one user may do in one company's books right now."""

    company: Company
    user: User
    granted: frozenset[str]

    def may(self, permission: str | None) -> bool:
        return permission in self.granted

    def require(self, permission: str | None) -> None:
        """Raise ``PermissionDenied`` (403) unless granted; an undeclared permission never is."""
        if permission not in self.granted:
            raise PermissionDenied


def access_to(company_id: int, *, user: User) -> Access:
    """Open a company's door for this transaction, or answer 404.

    Strangers do not learn that the company exists. Must run inside a transaction.
    """
    set_local("rappen.user", str(user.pk))
    own = Membership.unscoped.filter(company_id=company_id, user=user)
    if not user.is_active or not own.exists():
        raise Http404
    open_companies([company_id])  # roles are seen from inside only
    memberships = list(own.select_related("company", "role"))
    company: Company = memberships[0].company
    granted = _effective(company, [m.role.permissions for m in memberships])
    _open(company, granted)
    return Access(company, user, granted)


def companies_of(user: User) -> list[Company]:
    """The companies a user has a role in, by name. Must run inside a transaction."""
    set_local("rappen.user", str(user.pk))
    return list(
        Company.objects.filter(
            pk__in=Membership.unscoped.filter(user=user).values("company")
        ).order_by("name")
    )


@contextmanager
def operating(reference: str, *, by: str | None = None) -> Iterator[Access]:
    """Act in one company as the operator of this machine (commands), in one transaction.

    ``reference`` is the company's number or short name; ``by`` the e-mail of the member in whose
    name entries are made, or None for the first owner. Raises ``NoSuchCompany`` or
    ``NobodyToActFor``.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT rappen_find_company(%s)", [reference])
            (company_id,) = cursor.fetchone()
        if company_id is None:
            raise NoSuchCompany(reference=reference)
        open_companies([company_id])
        members = Membership.of(company_id).select_related("user", "company", "role")
        if by is None:
            found = members.filter(role__code="owner").order_by("pk").first()
        else:
            found = members.filter(user__email=by.lower()).first()
        if found is None:
            raise NobodyToActFor(email=by or "owner")
        granted = frozenset(Permission.values)
        _open(found.company, granted)
        yield Access(found.company, found.user, granted)


def _open(company: Company, granted: frozenset[str]) -> None:
    open_companies([company.pk])
    set_local("rappen.closing", "on" if Permission.LEDGER_CLOSE in granted else "off")


def _effective(company: Company, bundles: list[list[str]]) -> frozenset[str]:
    """The union of the roles' permissions, without those of modules switched off."""
    wanted = {name for bundle in bundles for name in bundle}
    return frozenset(
        p.value
        for p in Permission
        if p.value in wanted and (p.module is None or company.uses(p.module))
    )
