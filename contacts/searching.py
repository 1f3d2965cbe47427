"""Contacts as they are found by search (Suche in den Adressen): by the keys they have anyway."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts import lookup, queries
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.search import kinds
from erp.search.asking import Question
from erp.search.kinds import Hit


def _contacts(access: Access, question: Question, limit: int) -> list[Hit]:
    """Contacts in use; that they were looked for is noted."""
    found = lookup.find(access.company, question.text, limit=limit)
    if found:
        access_log.note(company=access.company, by=access.user, subject=Contact,
                        kind=AccessLogEntry.Kind.SEARCH, count=len(found))  # fmt: skip
    today = clock.today()
    return [_hit(access, one, queries.main_address(one, today)) for one in found]


def _hit(access: Access, contact: Contact, address: object) -> Hit:
    place = f"{getattr(address, 'postcode', '')} {getattr(address, 'town', '')}".strip()
    return Hit(contact.pk, f"{contact.number} {contact.name}",
               reverse("contact", args=[access.company.pk, contact.pk]), note=place)  # fmt: skip


def register() -> None:
    kinds.register(
        "contacts", label=_("Contacts"), permission=Permission.CONTACTS_READ, find=_contacts
    )
