"""What somebody may do in a company, by whatever way they came to it."""

from __future__ import annotations

from collections.abc import Iterable

from erp.access.firms.models import FirmStaff, Mandate
from erp.access.models import Membership, User
from erp.companies.models import Company


def bundles(user: User, company: Company | int) -> list[frozenset[str]]:
    """What each role of a member grants in an open company, and each mandate of their firm.

    Of a mandate comes through what the team role lets through.
    """
    own = Membership.of(company).filter(user=user).select_related("role")
    found: list[frozenset[str]] = [membership.role.rights for membership in own]
    running = list(Mandate.of(company).filter(ended_at=None).select_related("role"))
    if running:
        firms = {mandate.firm_id: mandate.role.rights for mandate in running}
        staff: Iterable[FirmStaff] = FirmStaff.objects.filter(user=user, firm__in=firms)
        found += [firms[one.firm_id] & one.rights for one in staff]
    return found
