"""Founding a company, changing what it is, and who may work in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import OWNER
from erp.audit import trail
from erp.cockpit.leaving import close_behind
from erp.cockpit.modules import switch_on
from erp.cockpit.roles import hold, make_ready_roles, require_givable, require_held, role_named
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.identifiers import parse_uid
from erp.core.tenancy import open_companies, set_local
from erp.core.texts import one_line


class ShortNameTaken(DomainError):
    code = "companies.short_name_taken"
    message = _("The short name “%(short_name)s” is taken. Choose another.")
    field = "short_name"


class NotAMember(DomainError):
    code = "access.not_a_member"
    message = _("%(email)s has no access to this company yet. Send an invitation.")
    field = "email"


class LastOwner(DomainError):
    code = "access.last_owner"
    message = _("%(user)s is the last owner. Make somebody else an owner first.")
    field = "user"
    conflict = True


@transaction.atomic
def found_company(*, by: User, name: str, short_name: str, legal_form: str, **more: Any) -> Company:
    """Take on a company (Mandant eröffnen) with the ready-made roles and its first owner.

    ``more`` are further columns of ``Company``. The transaction may see its rows afterwards.
    Raises ``ShortNameTaken``, ``NotOneLine`` or ``NotAUid``.
    """
    name, short_name = one_line(name, field="name"), one_line(short_name, field="short_name")
    more = _lines(more)
    if more.get("uid"):
        more["uid"] = parse_uid(more["uid"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_find_company(%s)", [short_name])
        if cursor.fetchone()[0] is not None:
            raise ShortNameTaken(short_name=short_name)
        # One founding at a time, so that client numbers have no gaps.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rappen.found_company'))")
        cursor.execute("SELECT coalesce(max(n), 0) + 1 FROM rappen_company_numbers() AS n")
        (number,) = cursor.fetchone()
    open_companies([number])
    set_local("rappen.closing", "on")
    company = Company(
        pk=number, name=name, short_name=short_name, legal_form=legal_form,
        created_at=clock.now(), **more,
    )  # fmt: skip
    company.full_clean(exclude=["logo_digest"], validate_unique=False)
    company.save(force_insert=True)
    make_ready_roles(company)
    _give(company, by, role_named(company, OWNER), by=by)
    switch_on(company, company.modules, by=by)
    set_up = ("name", "short_name", "legal_form", "uid", "street", "house_number", "postcode", "town",
              "country", "language", "currency", "modules")  # fmt: skip
    trail.record(company=company, by=by, action="company.found", subject=company,
                 details=trail.filled(trail.values(company, *set_up)))  # fmt: skip
    return company


@transaction.atomic
def change_company(company: Company, *, by: User, **values: Any) -> Company:
    """Change a company's own data (columns of ``Company``). Raises ``NotOneLine`` or ``NotAUid``."""
    values = _lines(values)
    current = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if values.get("uid"):
        values["uid"] = parse_uid(values["uid"])
    changed = trail.changes({name: getattr(current, name) for name in values}, values)
    if not changed:
        return current
    for name, value in values.items():
        setattr(current, name, value)
    current.save(update_fields=list(values))
    trail.record(company=current, by=by, action="company.change", subject=current,
                 details=changed)  # fmt: skip
    switch_on(current, changed.get("modules", [[], []])[1], by=by)
    return current


@transaction.atomic
def grant(*, company: Company, user: User, role: str, by: User) -> Membership:
    """Give a user a role. Twice is once.

    Raises ``NoSuchRole``, ``MoreThanYouHave`` or ``OwnFirm``.
    """
    company = hold(company)
    found = role_named(company, role)
    through = require_givable(found.rights, to=[user.email], by=by, company=company)
    return _give(company, user, found, by=by, **through)


@transaction.atomic
def withdraw(*, company: Company, user: User, role: str, by: User) -> None:
    """Take a role from a user; it is gone with the next request.

    One may always give up a role of one's own. Raises ``LastOwner`` or ``MoreThanYouHave``.
    """
    company = hold(company)
    gone = list(Membership.of(company).filter(user=user, role__code=role).select_related("role"))
    if not gone:
        return
    _require_takeable(company, user, gone, by=by)
    Membership.of(company).filter(pk__in=[m.pk for m in gone]).delete()
    trail.record(company=company, by=by, action="member.withdraw", subject=user,
                 details={"role": role})  # fmt: skip
    close_behind(company, by=by)


@transaction.atomic
def remove_member(*, company: Company, user: User, by: User) -> None:
    """Take all roles from a user at once, and invitations still open to them.

    App tokens they had and support access they allowed end with it, unless a mandate still lets
    them in; none comes back with a later role.

    Raises ``NotAMember``, ``LastOwner`` or ``MoreThanYouHave``.
    """
    company = hold(company)
    gone = list(Membership.of(company).filter(user=user).select_related("role"))
    if not gone:
        raise NotAMember(email=user.email)
    _require_takeable(company, user, gone, by=by)
    Membership.of(company).filter(user=user).delete()
    Invitation.of(company).filter(email=user.email, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    trail.record(company=company, by=by, action="member.remove", subject=user,
                 details={"roles": [sorted(m.role.code for m in gone), []]})  # fmt: skip
    close_behind(company, by=by)


def member_named(company: Company, email: str) -> User:
    """The member of a company with an e-mail address; whoever else signs in here is unknown to it.

    Raises ``NotAMember``.
    """
    email = email.strip().lower()
    found = User.objects.filter(email=email, memberships__company=company).first()
    if found is None:
        raise NotAMember(email=email)
    return found


def _give(company: Company, user: User, role: Role, *, by: User, **through: str) -> Membership:
    membership, created = Membership.unscoped.get_or_create(company=company, user=user, role=role)
    if created:
        trail.record(company=company, by=by, action="member.grant", subject=user,
                     details={"role": role.code, **through})  # fmt: skip
    return membership


def _lines(values: dict[str, Any]) -> dict[str, Any]:
    """Columns of a company, each text of them in one line. Raises ``NotOneLine``."""
    return {
        name: one_line(value, field=name) if isinstance(value, str) else value
        for name, value in values.items()
    }


def _require_takeable(
    company: Company, user: User, gone: Sequence[Membership], *, by: User
) -> None:
    """The last owner who can sign in stays, and nobody takes from others what they have not."""
    if any(m.role.code == OWNER for m in gone):
        owners = Membership.of(company).filter(role__code=OWNER, user__is_active=True)
        if not owners.exclude(user=user).exists():
            raise LastOwner(user=user)
    if user != by:
        rights = {right for membership in gone for right in membership.role.rights}
        require_held(rights, by=by, company=company)
