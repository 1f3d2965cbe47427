"""Whose projects are: they follow when contacts are merged, and keep one there."""

from __future__ import annotations

from accounting.hours.models import Project
from contacts.models import Contact


def follow(keep: Contact, gone: Contact) -> int:
    """Let the projects of a contact that is merged go over to the other; how many there were."""
    return Project.of(keep.company_id).filter(contact=gone).update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether a contact has a project; then it is not deleted."""
    return Project.of(contact.company_id).filter(contact=contact).exists()
