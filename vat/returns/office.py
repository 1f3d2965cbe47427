"""Whom VAT is paid to (Steuerverwaltung), and how corrections go there."""

from __future__ import annotations

from django.db import transaction

from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from vat.returns.models import TaxOffice


@transaction.atomic
def set_office(
    *, company: Company, contact: Contact | None, differences: bool, by: User
) -> TaxOffice:
    """Say whom VAT is paid to, and whether corrections declare the differences alone.

    With a contact what a return makes to pay becomes an open item of it.
    """
    office = TaxOffice.of(company).select_for_update().first() or TaxOffice(company=company)
    before = {"contact": office.contact_id, "differences": office.differences}
    office.contact, office.differences = contact, differences
    office.save()
    now = {"contact": office.contact_id, "differences": office.differences}
    if before != now:
        trail.record(company=company, by=by, action="vat.set_office", subject=office,
                     details={name: [before[name], now[name]] for name in now})  # fmt: skip
    return office


def follow(keep: Contact, gone: Contact) -> int:
    """Let the tax office of a contact that is merged go over to the other; how many there were."""
    return TaxOffice.of(keep.company_id).filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether VAT is paid to a contact; then it is not deleted."""
    return TaxOffice.of(contact.company_id).filter(contact=contact).exists()
