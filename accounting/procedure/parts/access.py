"""Who may do what, who held which role in the year, who looks in from outside."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.procedure.values import NONE, Asked, Content, Table, day
from erp.access.firms.models import Mandate
from erp.access.models import Role, User
from erp.access.permissions import GROUPS, Permission
from erp.access.support.models import SupportConsent


def access(asked: Asked) -> Content:
    """Roles, who held them in the year or holds them now, mandates, consents; four queries."""
    if not asked.may(Permission.MEMBERS_READ):
        return Content(withheld=(Permission.MEMBERS_READ,))
    roles = {one.code: one for one in Role.of(asked.company).order_by("-ready", "name")}
    return Content(tables=(
        Table(_("Roles"), (_("Role"), _("sees"), _("works in")), tuple(_role(one) for one in roles.values())),
        _holders(asked, roles),
        _mandates(asked),
        _consents(asked),
    ))  # fmt: skip


def _role(role: Role) -> tuple[str, str, str]:
    rights = [Permission(one) for one in role.rights]
    works = {one.group for one in rights if not one.value.endswith((".read", ".own"))}
    sees = {one.group for one in rights} - works
    told = [", ".join(str(label) for group, label in GROUPS.items() if group in part) or NONE
            for part in (sees, works)]  # fmt: skip
    return str(role), told[0], told[1]


def _holders(asked: Asked, roles: dict[str, Role]) -> Table:
    found = [
        one for one in asked.happened.holdings
        if one.until is None or one.within(asked.begins, asked.ends)
    ]  # fmt: skip
    people = User.objects.in_bulk({one.user for one in found})
    rows = sorted(
        (str(people.get(one.user, NONE)), str(roles.get(one.role, one.role)), day(one.since),
         day(one.until) if one.until else _("today"))
        for one in found
    )  # fmt: skip
    heads = _("Person"), _("Role"), _("since"), _("until")
    return Table(_("Who holds a role, or held one in the fiscal year"), heads, tuple(rows))


def _mandates(asked: Asked) -> Table:
    found = Mandate.of(asked.company).select_related("firm", "role").order_by("given_at")
    rows = tuple(
        (str(one.firm), str(one.role), day(one.given_at), day(one.ended_at) if one.ended_at else _("today"))
        for one in found if one.ended_at is None or one.ended_at >= asked.begins
    )  # fmt: skip
    return Table(_("Fiduciaries"), (_("Firm"), _("Role"), _("since"), _("until")), rows)


def _consents(asked: Asked) -> Table:
    found = SupportConsent.of(asked.company).filter(given_at__gte=asked.begins)
    rows = tuple(
        (one.reason, str(one.given_by), day(one.given_at), day(one.ended_at or one.until))
        for one in found.select_related("given_by").order_by("given_at")
    )
    heads = _("Reason"), _("Given by"), _("since"), _("until")
    return Table(_("Support access to read only"), heads, rows)
