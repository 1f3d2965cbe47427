"""Archiving, bringing back and deleting contacts (archivieren, wiederherstellen, löschen)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts import merging
from contacts.models import Contact, ContactFile, ContactPerson
from contacts.saving import held, whole
from contacts.writing import refresh
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError


class ContactInUse(DomainError):
    code = "contacts.in_use"
    message = _(
        "%(name)s stays, because of: %(uses)s. Archive it instead; it is then out of the way."
    )
    conflict = True


@transaction.atomic
def archive(contact: Contact, *, by: User) -> Contact:
    """Take a contact out of lists and choices (archivieren); what refers to it keeps it."""
    current = held(contact)
    if current.archived_at is None:
        _set(current, clock.now())
        trail.record(company=current.company, by=by, action="contact.archive", subject=current)
    return current


@transaction.atomic
def restore(contact: Contact, *, by: User) -> Contact:
    """Bring an archived contact back (wiederherstellen). Raises ``ContactMerged``."""
    current = held(contact)
    if current.archived_at is not None:
        _set(current, None)
        trail.record(company=current.company, by=by, action="contact.restore", subject=current)
    return current


@transaction.atomic
def delete(contact: Contact, *, by: User) -> None:
    """Delete a contact that nothing refers to (löschen); the trail keeps what it was called.

    Raises ``ContactInUse`` where there are documents, persons, or records of other rooms.
    """
    current = held(contact)
    if uses := uses_of(current):
        raise ContactInUse(name=current.name, uses=", ".join(str(use) for use in uses))
    details = trail.values(current, "number", "name")
    details["addresses"] = "; ".join(str(one) for one in whole(current).addresses or ())
    trail.record(company=current.company, by=by, action="contact.delete", subject=current,
                 details=trail.filled(details))  # fmt: skip
    current.delete()


def uses_of(contact: Contact) -> list[str]:
    """Why a contact cannot be deleted, in words; nothing where it can."""
    company, found = contact.company_id, []
    if ContactFile.of(company).filter(contact=contact).exists():
        found.append(str(_("documents")))
    if ContactPerson.of(company).filter(organisation=contact).exists():
        found.append(str(_("contact persons")))
    if ContactPerson.of(company).filter(person=contact).exists():
        found.append(str(_("organisations it acts for")))
    if Contact.of(company).filter(merged_into=contact).exists():
        found.append(str(_("contacts that were merged into it")))
    return found + merging.uses_elsewhere(contact)


def _set(contact: Contact, archived_at: dt.datetime | None) -> None:
    contact.archived_at = archived_at
    refresh(contact.company, [whole(contact)])
