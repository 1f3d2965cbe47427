"""Whose items are (Adresse der Posten): they follow when contacts are merged, and keep one there."""

from __future__ import annotations

from accounting.open_items.models import OpenItem
from contacts.models import Contact
from erp.companies.models import Company


def follow(keep: Contact, gone: Contact) -> int:
    """Let the items of a contact that is merged go over to the other; how many there were."""
    return OpenItem.of(keep.company_id).filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether anything was ever owed by a contact or to it; then it is not deleted."""
    return OpenItem.of(contact.company_id).filter(contact=contact).exists()


def contact_of(company: Company, pk: int) -> Contact | None:
    """The company's contact of an id, of a merged one what it became; None where there is none."""
    found = Contact.of(company).filter(pk=pk).select_related("merged_into").first()
    return (found.merged_into or found) if found else None
