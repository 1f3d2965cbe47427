"""Whose documents are: they follow when contacts are merged, and keep one there.

What was printed stays as it was.
"""

from __future__ import annotations

from django.db.models import Q

from accounting.receivables.models import SalesDocument
from contacts.models import Contact


def follow(keep: Contact, gone: Contact) -> int:
    """Let the documents of a contact that is merged go over to the other; how many there were."""
    rows = SalesDocument.of(keep.company_id)
    rows.filter(person=gone).update(person=keep)
    return rows.filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether a contact ever had a document, or was named on one; then it is not deleted."""
    rows = SalesDocument.of(contact.company_id)
    return rows.filter(Q(contact=contact) | Q(person=contact)).exists()
