"""Founding a company, changing what it is, and letting people in."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.models import Membership, Role, User
from erp.access.permissions import READY_ROLES
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.identifiers import parse_uid
from erp.core.tenancy import open_companies, set_local


class ShortNameTaken(DomainError):
    code = "companies.short_name_taken"
    message = _("The short name “%(short_name)s” is taken. Choose another.")
    field = "short_name"


class NoSuchRole(DomainError):
    code = "access.no_such_role"
    message = _("There is no role “%(role)s” in this company.")
    field = "role"


class UnknownUser(DomainError):
    code = "access.unknown_user"
    message = _("Nobody here signs in with %(email)s yet. An operator creates users with "
                "manage.py add_user.")  # fmt: skip
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
    Raises ``ShortNameTaken`` or ``NotAUid``.
    """
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
    with translation.override(company.language):
        for ready in READY_ROLES:
            Role.unscoped.create(
                company=company, code=ready.code, name=str(ready.name),
                permissions=sorted(str(p) for p in ready.permissions),
            )  # fmt: skip
    grant(company=company, user=by, role="owner", by=by)
    trail.record(company=company, by=by, action="company.found", subject=company)
    return company


@transaction.atomic
def change_company(company: Company, *, by: User, **values: Any) -> Company:
    """Change a company's own data (columns of ``Company``). Raises ``NotAUid``."""
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
    return current


def user_named(email: str) -> User:
    """The person who signs in with an e-mail address. Raises ``UnknownUser``."""
    found = User.objects.filter(email=email.lower()).first()
    if found is None:
        raise UnknownUser(email=email)
    return found


@transaction.atomic
def grant(*, company: Company, user: User, role: str, by: User) -> Membership:
    """Give a user a role. Twice is once. Raises ``NoSuchRole``."""
    found = Role.of(company).filter(code=role).first()
    if found is None:
        raise NoSuchRole(role=role)
    membership, created = Membership.unscoped.get_or_create(company=company, user=user, role=found)
    if created:
        trail.record(company=company, by=by, action="member.grant", subject=user,
                     details={"role": role})  # fmt: skip
    return membership


@transaction.atomic
def withdraw(*, company: Company, user: User, role: str, by: User) -> None:
    """Take a role from a user; it is gone with the next request. Raises ``LastOwner``."""
    owners = Membership.of(company).select_for_update().filter(role__code="owner")
    if role == "owner" and not owners.exclude(user=user).exists():
        raise LastOwner(user=user)
    gone, _of_which = Membership.of(company).filter(user=user, role__code=role).delete()
    if not gone:
        return
    trail.record(company=company, by=by, action="member.withdraw", subject=user,
                 details={"role": role})  # fmt: skip
