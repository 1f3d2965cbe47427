"""What a company's roles grant, and the rule that nobody gives more than they have.

Every change of roles, memberships and invitations holds the company first (``hold``), so that one
follows the other: what was looked up afterwards is still so when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm, Mandate
from erp.access.giving import rights_of
from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import READY_ROLES, Permission, in_order, ready_name
from erp.access.rights import colleagues, held
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line

MOST: Final = 100  # of a company's own roles


class NoSuchRole(DomainError):
    code = "access.no_such_role"
    message = _("There is no role “%(role)s” in this company. "
                "Choose one of the list of roles.")  # fmt: skip
    field = "role"


class MoreThanYouHave(DomainError):
    code = "access.more_than_you_have"
    message = _("Nobody gives or takes rights they do not have themselves. You lack: %(rights)s.")
    field = "role"


class OwnFirm(DomainError):
    code = "access.own_firm"
    message = _("%(user)s works for %(firm)s, by whose mandate you are here yourself. Somebody of the "
                "company itself gives them a role; the mandate lets them work without one.")  # fmt: skip
    field = "user"


class ReadyMade(DomainError):
    code = "access.ready_made_role"
    message = _("“%(role)s” is a ready-made role and stays as it is. Copy it, and change the copy.")
    field = "role"
    conflict = True


class RoleNameMissing(DomainError):
    code = "access.role_name_missing"
    message = _("The role has no name. Give it one, such as “Warehouse”.")
    field = "name"


class RoleNameTaken(DomainError):
    code = "access.role_name_taken"
    message = _("There is a role “%(name)s” already. Choose another name.")
    field = "name"


class RoleInUse(DomainError):
    code = "access.role_in_use"
    message = _("“%(role)s” is held by %(people)s people and named in %(invitations)s open "
                "invitations. Take it from them first.")  # fmt: skip
    field = "role"
    conflict = True


class TooManyRoles(DomainError):
    code = "access.too_many_roles"
    message = _("A company has at most %(most)s roles of its own. Delete one that nobody holds.")
    conflict = True


def hold(company: Company) -> Company:
    """Let nobody else change who may do what here until this transaction ends."""
    held: Company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return held


def require_held(rights: Iterable[str], *, by: User, company: Company) -> None:
    """Raise ``MoreThanYouHave`` unless ``by`` has all of these rights, by whatever roles."""
    missing = in_order(set(rights) - rights_of(by, company))
    if missing:
        labels = [str(Permission(name).label) for name in missing]
        raise MoreThanYouHave(rights=", ".join(labels))


def require_givable(
    rights: Iterable[str], *, to: Iterable[str], by: User, company: Company
) -> dict[str, str]:
    """What the trail says of who gives these rights: the fiduciary, where they come by its mandate.

    Nobody turns a mandate into a role that outlives it (AUZ-5): by rights of the mandate neither
    oneself nor others of the firm are given anything. ``to`` are the addresses of who gets the
    rights. Raises ``MoreThanYouHave`` or ``OwnFirm``.
    """
    rights = set(rights)
    require_held(rights, by=by, company=company)
    mine = held(by, company)
    if not mine.firms or {Permission.MEMBERS_CHANGE.value, *rights} <= mine.own:
        return {}
    for one in colleagues(mine.firms, to).values():
        raise OwnFirm(user=one.user, firm=one.firm)
    firms = Firm.objects.filter(pk__in=mine.firms).order_by("name")
    return {"through": ", ".join(firm.name for firm in firms)}


def role_named(company: Company, code: str) -> Role:
    """Raises ``NoSuchRole``."""
    found = Role.of(company).filter(code=code).first()
    if found is None:
        raise NoSuchRole(role=code)
    return found


def make_ready_roles(company: Company) -> None:
    """Give a new company the ready-made roles, called as in its language."""
    for ready in READY_ROLES:
        make_ready_role(company, ready.code)


def make_ready_role(company: Company, code: str) -> Role:
    """Give a company one of the ready-made roles, called as in its language."""
    with translation.override(company.language):
        role: Role = Role.unscoped.create(
            company=company, code=code, name=ready_name(code), ready=True
        )
    return role


@transaction.atomic
def make_role(*, company: Company, name: str, permissions: Iterable[str], by: User) -> Role:
    """Make a role of the company's own. Its code comes from the name and never changes.

    Raises ``RoleNameMissing``, ``RoleNameTaken``, ``NotOneLine``, ``LineTooLong``,
    ``MoreThanYouHave`` or ``TooManyRoles``.
    """
    company = hold(company)
    wanted = in_order(permissions)
    name = _free_name(company, name)
    require_held(wanted, by=by, company=company)
    if Role.of(company).filter(ready=False).count() >= MOST:
        raise TooManyRoles(most=MOST)
    role = Role.unscoped.create(
        company=company, code=_free_code(company, name), name=name, permissions=wanted
    )
    trail.record(company=company, by=by, action="role.add", subject=role,
                 details=trail.values(role, "name", "permissions"))  # fmt: skip
    return role


@transaction.atomic
def change_role(
    role: Role, *, by: User, name: str | None = None, permissions: Iterable[str] | None = None
) -> Role:
    """Change a role of the company's own; whoever holds it notices with the next request.

    Raises ``ReadyMade``, ``RoleNameMissing``, ``RoleNameTaken``, ``NotOneLine``, ``LineTooLong``,
    ``MoreThanYouHave`` where a right comes or goes that ``by`` does not have, or ``OwnFirm`` where
    one comes to others of the firm by whose mandate ``by`` works here.
    """
    company = hold(role.company)
    role = Role.of(company).get(pk=role.pk)
    if role.ready:
        raise ReadyMade(role=role.name)
    before = {"name": role.name, "permissions": in_order(role.permissions)}
    after = dict(before)
    if name is not None:
        after["name"] = _free_name(company, name, but=role)
    if permissions is not None:
        after["permissions"] = in_order(permissions)
    changed: dict[str, Any] = trail.changes(before, after)
    if not changed:
        return role
    touched = set(before["permissions"]) ^ set(after["permissions"])
    require_held(touched, by=by, company=company)
    if touched & set(after["permissions"]):
        holders = role.memberships.values_list("user__email", flat=True)
        changed |= require_givable(touched, to=holders, by=by, company=company)
    role.name, role.permissions = str(after["name"]), list(after["permissions"])
    role.save(update_fields=["name", "permissions"])
    trail.record(company=company, by=by, action="role.change", subject=role, details=changed)
    return role


@transaction.atomic
def delete_role(role: Role, *, by: User) -> None:
    """Delete a role that nobody has, no mandate ever gave, and no open invitation names.

    Raises ``ReadyMade`` or ``RoleInUse``.
    """
    company = hold(role.company)
    role = Role.of(company).get(pk=role.pk)
    if role.ready:
        raise ReadyMade(role=role.name)
    people = Membership.of(company).filter(role=role).count()
    people += Mandate.of(company).filter(role=role).count()  # ended ones, too: they are the record
    named = Invitation.of(company).filter(
        roles__contains=[role.code], accepted_at=None, withdrawn_at=None,
        expires_at__gt=clock.now(),
    ).count()  # fmt: skip
    if people or named:
        raise RoleInUse(role=role.name, people=people, invitations=named)
    trail.record(company=company, by=by, action="role.delete", subject=role,
                 details=trail.values(role, "name", "permissions"))  # fmt: skip
    role.delete()


def _free_name(company: Company, name: str, *, but: Role | None = None) -> str:
    """A name that nobody takes for that of another role, nor of a ready-made one in any language."""
    name = one_line(name, field="name", most=60, plain=True)
    if not name:
        raise RoleNameMissing
    others = Role.of(company).exclude(pk=but.pk) if but else Role.of(company)
    taken = {other.casefold() for other in others.values_list("name", flat=True)}
    if name.casefold() in taken | ready_names():
        raise RoleNameTaken(name=name)
    return name


@cache
def ready_names() -> frozenset[str]:
    """What the ready-made roles are called in all languages, in small letters."""
    found = set()
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(ready.name).casefold() for ready in READY_ROLES}
    return frozenset(found)


def _free_code(company: Company, name: str) -> str:
    """A code that no role has, nor any ready-made one of the catalogue."""
    start = slugify(name)[:24].strip("-_") or "role"
    taken = {ready.code for ready in READY_ROLES} | set(
        Role.of(company).filter(code__startswith=start).values_list("code", flat=True)
    )
    numbered = (f"{start}-{n}" for n in range(2, MOST + len(taken) + 3))
    return next(code for code in (start, *numbered) if code not in taken)
