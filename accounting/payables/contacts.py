"""Whose suppliers' invoices are: they follow when contacts are merged, and keep one there."""

from __future__ import annotations

from accounting.payables.models import SupplierInvoice
from contacts.models import Contact


def follow(keep: Contact, gone: Contact) -> int:
    """Let the invoices of a contact that is merged go over to the other; how many there were."""
    return SupplierInvoice.of(keep.company_id).filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether a contact ever sent an invoice; then it is not deleted."""
    return SupplierInvoice.of(contact.company_id).filter(contact=contact).exists()
