"""What rooms above show on a contact's page (Bereiche der Adressseite): panels and links.

Contacts know nothing of money: debtors register what a contact owes, and contacts show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission


@dataclass(frozen=True)
class Panel:
    """A part of the page; ``show`` gives its HTML (safe, or it is escaped), or None for nothing."""

    key: str
    label: Any
    permission: Permission
    module: str | None
    show: Callable[[Access, Contact], str | None]


@dataclass(frozen=True)
class Link:
    """A button of the page; ``address`` gives where it leads, or None where it makes no sense."""

    key: str
    label: Any
    permission: Permission
    module: str | None
    address: Callable[[Access, Contact], str | None]


@dataclass(frozen=True)
class Shown:
    """A panel or link as the page has it: HTML, or an address."""

    key: str
    label: Any
    content: str


_panels: Final[dict[str, Panel]] = {}
_links: Final[dict[str, Link]] = {}


def register(
    key: str, *, label: Any, permission: Permission, show: Callable[[Access, Contact], str | None],
    module: str | None = None,
) -> None:  # fmt: skip
    """Let a room show a panel to whoever has the permission, where the company uses the module.

    A key registers once; panels stand in the order they register. ``show`` is asked for nobody else.
    """
    _panels[key] = Panel(key, label, permission, module, show)


def register_link(
    key: str, *, label: Any, permission: Permission,
    address: Callable[[Access, Contact], str | None], module: str | None = None,
) -> None:  # fmt: skip
    """As ``register``, for a button: an invoice to this contact, its account statement …"""
    _links[key] = Link(key, label, permission, module, address)


def unregister(key: str) -> None:
    _panels.pop(key, None)
    _links.pop(key, None)


def panels_of(access: Access, contact: Contact) -> list[Shown]:
    return [
        Shown(one.key, one.label, html) for one in _panels.values()
        if _is_for(one, access) and (html := one.show(access, contact))
    ]  # fmt: skip


def links_of(access: Access, contact: Contact) -> list[Shown]:
    return [
        Shown(one.key, one.label, address) for one in _links.values()
        if _is_for(one, access) and (address := one.address(access, contact))
    ]  # fmt: skip


def _is_for(one: Panel | Link, access: Access) -> bool:
    return access.may(one.permission) and (one.module is None or access.company.uses(one.module))
