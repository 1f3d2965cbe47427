"""The gate (Zutritt): who may do what in which company, and the door to its rows.

Everything that touches a company's rows comes through here: pages and endpoints by
``access_to``, commands and jobs by ``operating``. The gate asks; acts do not.

Members enter by their roles, a fiduciary's staff by the mandate of their firm, operators who are
neither by the company's consent, and a token never opens more than its owner could.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Mandate
from erp.access.models import Membership, User
from erp.access.permissions import SUPPORT, Permission
from erp.access.rights import HELD, Held, held_in
from erp.access.support.models import SupportConsent
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company, Module
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies, require_transaction, set_local

LARGEST: Final = 2**63 - 1  # of a company's number
#: Who somebody is; then the door of one company, for those who may go in; then what they have there.
_LET_IN: Final = f"""
    SELECT set_config('rappen.user', %(user)s::text, true), set_config('rappen.closing', 'off', true);
    SELECT set_config('rappen.companies', '{{' || %(company)s || '}}', true)
    WHERE EXISTS (SELECT FROM erp_membership m
                  WHERE m.company_id = %(company)s AND m.user_id = %(user)s)
       OR EXISTS (SELECT FROM erp_mandate d JOIN erp_firmstaff s ON s.firm_id = d.firm_id
                  WHERE d.company_id = %(company)s AND d.ended_at IS NULL AND s.user_id = %(user)s);
    {HELD}
"""  # noqa: S608 - our own text


class NoSuchCompany(DomainError):
    code = "access.no_such_company"
    message = _("There is no company “%(reference)s”. Give its number or its short name.")
    field = "company"


class NobodyToActFor(DomainError):
    code = "access.nobody_to_act_for"
    message = _("“%(email)s” is no user of this company. Give the e-mail of a member.")
    field = "by"


class ModuleOff(PermissionDenied):
    """What was asked for belongs to a module that the company has switched off (403)."""

    code: Final = "module_off"

    def __init__(self, module: str) -> None:
        self.module = Module(module)
        super().__init__(
            _("The module “%(module)s” is switched off. What it holds is kept; whoever may change the company’s "
              "settings can switch it on there.") % {"module": self.module.label}
        )  # fmt: skip


#: The pages that somebody keeps at hand there (``erp.cockpit.favourites``), on the same way.
_AT_HAND: Final = """;
    SELECT f.id, f.name, f.address, f.user_id FROM erp_favourite f
    WHERE f.company_id = %(company)s AND (f.user_id = %(user)s OR f.is_shared)
    ORDER BY f.user_id <> %(user)s, f.position, f.name, f.id
"""


@dataclass(frozen=True)
class Access:
    """What one user may do in one company's books right now.

    ``held`` is that with the rights of modules switched off, which nobody can use. ``support`` is the
    consent by which an operator looks in who is no member; ``favourites`` are there for pages alone: id,
    name, address and user of each.
    """

    company: Company
    user: User
    granted: frozenset[str]
    support: SupportConsent | None = None
    held: frozenset[str] = frozenset()
    favourites: Sequence[tuple[int, str, str, int]] = ()

    @property
    def read_only(self) -> bool:
        return self.support is not None

    def may(self, permission: str | None) -> bool:
        return permission in self.granted

    def holds(self, permission: str | None) -> bool:
        """Whether they may, or might were the module on: for what was made while it was."""
        return permission in self.granted or permission in self.held

    def uses(self, module: str | None) -> bool:
        """Whether the company has a module switched on; what is of none is always there."""
        return module is None or self.company.uses(module)

    def require(self, permission: str | None) -> None:
        """Raise ``PermissionDenied`` (403) unless granted; an undeclared permission never is.

        Raises ``ModuleOff``, which is one, where nobody has it as long as its module is off.
        """
        if permission in self.granted:
            return
        if permission is not None:
            self.require_module(Permission(permission).module)
        raise PermissionDenied

    def require_module(self, module: str | None) -> None:
        """Raise ``ModuleOff`` (403) unless the company has the module switched on."""
        if module is not None and not self.company.uses(module):
            raise ModuleOff(module)


def access_to(
    company_id: int, *, user: User, within: Bearer | None = None, for_page: bool = False
) -> Access:
    """Open a company's door for this transaction, or answer 404.

    Strangers do not learn that the company exists. ``within`` is the token a program came with:
    it opens its own company alone, and grants nothing beyond its scopes. ``for_page`` fetches what
    the side bar shows, too, on the same way. Must run inside a transaction.
    """
    structlog.contextvars.bind_contextvars(user=user.pk)
    if within is not None and (within.company, within.user.pk) != (company_id, user.pk):
        raise Http404
    if not user.is_active or company_id > LARGEST:
        raise Http404
    let_in = _let_in(company_id, user.pk, for_page=for_page)
    if let_in is None:
        return _as_support(company_id, user, within)
    has, favourites = let_in
    company: Company = Company.objects.get(pk=company_id)
    held = has.rights if within is None else has.rights & within.scopes
    granted = effective(company, held)
    structlog.contextvars.bind_contextvars(company=company.pk)
    if Permission.LEDGER_CLOSE in granted:
        set_local("rappen.closing", "on")
    return Access(company, user, granted, held=held, favourites=favourites)


def open_to(user: User, *, within: Bearer | None = None) -> QuerySet[Company]:
    """The companies a user works in, by role or mandate. Must run inside a transaction."""
    set_local("rappen.user", str(user.pk))
    found = Company.objects.filter(
        Q(pk__in=Membership.unscoped.filter(user=user).values("company"))
        | Q(pk__in=Mandate.running_for(user.pk).values("company"))
    )
    if within is not None:
        found = found.filter(pk=within.company)
    return found


def companies_of(user: User, *, within: Bearer | None = None) -> list[Company]:
    """The same as ``open_to``, by name."""
    return list(open_to(user, within=within).order_by("name", "pk"))


def supported_by(user: User) -> list[SupportConsent]:
    """The consents by which an operator may look into companies, by the company's name.

    Those are left out that open to them anyway. Must run inside a transaction.
    """
    if not _sees_consents(user):
        return []
    longest: dict[int, SupportConsent] = {}
    for consent in SupportConsent.running().exclude(company__in=open_to(user)):
        longest.setdefault(consent.company_id, consent)
    return sorted(longest.values(), key=lambda one: one.company.name)


def all_companies(only: str | None = None) -> list[str]:
    """What ``operating`` takes, for each company in turn; or for the one that is named."""
    if only:
        return [only]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_company_numbers()")
        return [str(row[0]) for row in cursor.fetchall()]


@contextmanager
def looking_for_work() -> Iterator[None]:
    """Open all companies at once, to read only: for jobs that ask in which of them there is something to do.

    So what recurs does not go through every company each time. What is done there is done behind
    ``operating``, one company after the other; only their numbers are to be taken along.
    """
    with transaction.atomic():
        open_companies(map(int, all_companies()), read_only=True)
        yield


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
            found = members.filter(role__code="owner").order_by("-user__is_active", "pk").first()
        else:
            found = members.filter(user__email=by.lower()).first()
        if found is None:
            raise NobodyToActFor(email=by or "owner")
        granted = frozenset(Permission.values)
        _open(found.company, granted)
        yield Access(found.company, found.user, granted)


@contextmanager
def keeping_jobs(company_id: int | None) -> Iterator[None]:
    """Open a company's rows, or the installation's, to those who keep its jobs, in a transaction.

    Only for what a job's row itself says: sent, taken, alive, over. What a job does is done behind
    ``access_to``, in the name of who started it.
    """
    with transaction.atomic():
        if company_id is None:
            for_installation()
        else:
            open_companies([company_id])
        yield


@contextmanager
def delivering(company_id: int) -> Iterator[None]:
    """Open a company's rows, in a transaction, to whoever carries its mails to the mail server.

    Only for what was written to be sent: the mail, its files, and what became of it. That it may be
    sent was asked when it was written.
    """
    with transaction.atomic():
        open_companies([company_id])
        yield


def as_operator(user: User) -> None:
    """Open what belongs to no company to an operator, for this transaction; to others 403."""
    if not user.is_operator or not user.is_active:
        raise PermissionDenied
    set_local("rappen.user", str(user.pk))


def for_installation() -> None:
    """Open the rows that belong to no company, for a job of the installation itself."""
    set_local("rappen.installation", "on")


def _sees_consents(user: User) -> bool:
    """Let an operator see which companies consent right now; others see nothing."""
    if not user.is_operator:
        return False
    set_local("rappen.user", str(user.pk))
    set_local("rappen.moment", clock.now().isoformat())
    return True


def _as_support(company_id: int, user: User, within: Bearer | None) -> Access:
    """Let an operator look into a company that consents, as its auditors do, or answer 404."""
    if within is not None or not _sees_consents(user):
        raise Http404
    consent = SupportConsent.running().filter(company_id=company_id).first()
    if consent is None:
        raise Http404
    open_companies([company_id])
    company: Company = consent.company
    granted = effective(company, SUPPORT)
    _open(company, granted)
    return Access(company, user, granted, consent, held=frozenset(SUPPORT))


def _let_in(
    company_id: int, user_id: int, *, for_page: bool
) -> tuple[Held, Sequence[tuple[int, str, str, int]]] | None:
    """Open a company to whoever has a role or a running mandate in it; None to others.

    One round trip: the condition is looked at, as this person sees it, before anything is opened.
    """
    require_transaction("rappen.user")
    with connection.cursor() as cursor:
        asked = _LET_IN + _AT_HAND if for_page else _LET_IN
        cursor.execute(asked, {"user": user_id, "company": company_id})
        cursor.nextset()
        if cursor.fetchone() is None:
            return None
        cursor.nextset()
        has, favourites = held_in(cursor.fetchall()), ()
        if for_page:
            cursor.nextset()
            favourites = tuple(cursor.fetchall())
        return has, favourites


def _open(company: Company, granted: frozenset[str]) -> None:
    structlog.contextvars.bind_contextvars(company=company.pk)
    set_local("rappen.closing", "on" if Permission.LEDGER_CLOSE in granted else "off")


def effective(company: Company, rights: Iterable[str]) -> frozenset[str]:
    """What somebody has, without what belongs to modules switched off."""
    wanted = frozenset(rights)
    return frozenset(
        p.value
        for p in Permission
        if p.value in wanted and (p.module is None or company.uses(p.module))
    )
