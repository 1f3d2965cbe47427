"""Pages at hand (Favoriten): a page of a company, or a list with its filters, kept under a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.audit import trail
from erp.cockpit.models import Favourite
from erp.companies.models import Module
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.web.pages import CompanyView

MOST: Final = 60  # of one person in one company
#: Where in a list one is belongs to the moment, not to what is kept.
PASSING: Final = frozenset({"page", "after", "before"})
_WITHIN: Final = re.compile(r"(?:/c/(\d{1,18})/)?(.*)", re.ASCII | re.DOTALL)
SHOWN: Final = ("name", "address", "is_shared", "position")


class NoSuchPage(DomainError):
    code = "favourites.no_such_page"
    message = _(
        "“%(value)s” is no page of this company that you may open. Copy the address of a page of its."
    )
    field = "address"


class NoFavouriteName(DomainError):
    code = "favourites.no_name"
    message = _("Give the favourite a name.")
    field = "name"


class TooManyFavourites(DomainError):
    code = "favourites.too_many"
    message = _("You keep %(most)s favourites already. Remove one that you no longer need.")
    field = "address"


@dataclass(frozen=True)
class AtHand:
    """A favourite as the side bar shows it; ``address`` is the whole one."""

    id: int
    name: str
    address: str
    is_own: bool


def at_hand(access: Access) -> list[AtHand]:
    """One's own favourites and those shared with all, of pages that one may open. No query.

    What a favourite leads to may have gone since: with its module, or with a right.
    """
    start = f"/c/{access.company.pk}/"
    return [
        AtHand(pk, name, start + address, user == access.user.pk)
        for pk, name, address, user in access.favourites
        if _may_open(access, urlsplit(address).path)
    ]


@transaction.atomic
def keep(
    access: Access, *, name: str, address: str, is_shared: bool = False, position: int | None = None
) -> Favourite:
    """Keep a page at hand; one that is kept already gets what is told now.

    ``address`` is a page's, from ``/c/{company}/`` on or below it, with its filters. Sharing takes
    the right to change the company. Raises ``NoSuchPage``, ``NoFavouriteName``,
    ``TooManyFavourites``, or ``PermissionDenied``.
    """
    place = _place(access, address)
    own = Favourite.of(access.company).filter(user=access.user)
    found = own.select_for_update(no_key=True).filter(address=place).first()
    if found is not None:
        return change(access, found, name=name, is_shared=is_shared, position=position)
    kept = list(own.values_list("position", flat=True))
    if len(kept) >= MOST:
        raise TooManyFavourites(most=MOST)
    row = Favourite(company=access.company, user=access.user, address=place,
                    position=max(kept, default=0) + 1)  # fmt: skip
    return change(access, row, name=name, is_shared=is_shared, position=position)


@transaction.atomic
def change(
    access: Access, favourite: Favourite, *, name: str | None = None, is_shared: bool | None = None,
    position: int | None = None,
) -> Favourite:  # fmt: skip
    """Rename, move or share a favourite: one's own, or a shared one with the right to change the company.

    What all have is recorded, and takes that right; one's own is taken back from all without. Raises
    ``NoFavouriteName`` or ``PermissionDenied``.
    """
    was = trail.values(favourite, *SHOWN) if favourite.pk and favourite.is_shared else {}
    if favourite.pk:
        _require_own(access, favourite)
    if name is not None:
        favourite.name = one_line(name, field="name", most=60)
    if not favourite.name:
        raise NoFavouriteName
    if is_shared is not None:
        favourite.is_shared = is_shared
    if position is not None:
        favourite.position = position
    if favourite.is_shared:
        access.require(Permission.COMPANY_CHANGE)
    favourite.save()
    changes = trail.changes(was, trail.values(favourite, *SHOWN)) if favourite.is_shared else {}
    if changes:
        trail.record(company=access.company, by=access.user, action="favourite.share",
                     subject=favourite, details=changes)  # fmt: skip
    elif was and not favourite.is_shared:
        trail.record(company=access.company, by=access.user, action="favourite.unshare",
                     subject=favourite, details=was)  # fmt: skip
    return favourite


@transaction.atomic
def drop(access: Access, favourite: Favourite) -> None:
    """Keep a page no longer. Raises ``PermissionDenied``."""
    _require_own(access, favourite)
    if favourite.is_shared:
        trail.record(company=access.company, by=access.user, action="favourite.unshare",
                     subject=favourite, details=trail.values(favourite, *SHOWN))  # fmt: skip
    favourite.delete()


def changeable(access: Access) -> Any:
    """The favourites that somebody may change, in their order."""
    rows = Favourite.of(access.company)
    own = rows.filter(user=access.user)
    if access.may(Permission.COMPANY_CHANGE):
        own = own | rows.filter(is_shared=True)
    return own.order_by("position", "name", "pk")


def _require_own(access: Access, favourite: Favourite) -> None:
    if favourite.user_id == access.user.pk:
        return
    if not favourite.is_shared:
        raise PermissionDenied
    access.require(Permission.COMPANY_CHANGE)


def _place(access: Access, address: str) -> str:
    """An address below the company's, in one form. Raises ``NoSuchPage``."""
    parts = urlsplit(one_line(address, field="address", most=1000))
    found = _WITHIN.fullmatch(parts.path)
    whole = bool(parts.scheme or parts.netloc)  # copied from the browser
    own = str(access.company.pk)
    if found is None or found[1] not in ({own} if whole else {own, None}):
        raise NoSuchPage(value=address[:100])
    path = found[2].lstrip("/")
    if not _may_open(access, path):
        raise NoSuchPage(value=address[:100])
    asked = [(key, value) for key, value in parse_qsl(parts.query) if key not in PASSING and value]
    return path + (f"?{urlencode(asked)}" if asked else "")


def _may_open(access: Access, path: str) -> bool:
    right, module = _asked_by(path)
    return access.may(right) and access.uses(module)


@lru_cache(maxsize=4096)
def _asked_by(path: str) -> tuple[Permission | None, Module | None]:
    """The right and module that a page below a company's address asks for; no right where there is no page."""
    try:
        match = resolve(f"/c/1/{path}")
    except Resolver404:
        return None, None
    view = getattr(match.func, "view_class", None)
    if not isinstance(view, type) or not issubclass(view, CompanyView) or not hasattr(view, "get"):
        return None, None
    return view.needs("GET"), view.module
