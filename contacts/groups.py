"""Groups of contacts (Gruppen): how a company sorts its addresses."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from contacts.models import ContactGroup
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.companies.naming import NAMES, put_names


@transaction.atomic
def save_group(
    *, company: Company, by: User, group: ContactGroup | None = None, **told: Any
) -> ContactGroup:
    """Add a group, or change one (Gruppe). Raises ``BadCode``, ``CodeTaken`` or ``NoName``."""
    row = group or ContactGroup(company=company)
    before = trail.values(row, "code", *NAMES) if row.pk else {}
    put_names(row, told, among=ContactGroup.of(company))
    row.save()
    after = trail.values(row, "code", *NAMES)
    if not before:
        trail.record(company=company, by=by, action="contact_group.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=company, by=by, action="contact_group.change", subject=row,
                     details=changes)  # fmt: skip
    return row


@transaction.atomic
def delete_group(group: ContactGroup, *, by: User) -> None:
    """Delete a group; its contacts stay."""
    trail.record(company=group.company, by=by, action="contact_group.delete", subject=group,
                 details={**trail.values(group, "code", *NAMES),
                          "count": group.memberships.count()})  # fmt: skip
    group.delete()
