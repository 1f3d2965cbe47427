"""Pages of other rooms about a contact (Verweise): contacts show the way, and know no more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission


@dataclass(frozen=True)
class Link:
    """A page under ``/c/{company}/…`` whose address ends with the contact's id."""

    label: Any
    url_name: str
    permission: Permission


_links: Final[dict[str, Link]] = {}


def register(url_name: str, *, label: Any, permission: Permission) -> None:
    """Let a contact's page lead to a page of another room; a page registers once."""
    _links[url_name] = Link(label, url_name, permission)


def links_of(contact: Contact, access: Access) -> list[tuple[Any, str]]:
    """Labels and addresses of what somebody may open."""
    return [
        (link.label, reverse(link.url_name, args=[access.company.pk, contact.pk]))
        for link in _links.values() if access.may(link.permission)
    ]  # fmt: skip
