"""What the inbox asks of rooms above (Anmeldungen): bills know it, and bills stand on the inbox.

In their ``AppConfig.ready`` they register what suppliers' bills were booked on, which bills may be the
same, and where a document is captured. Without them the inbox works, and proposes less::

    registry.register_past(past_accounts)
    registry.register_duplicates(same_bills)
    registry.register_addresses(capture=..., bill=...)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.companies.models import Company


@dataclass(frozen=True, slots=True)
class Past:
    """What a supplier's bills were booked on last: numbers and codes, as masks take them.

    ``because`` says where it comes from, in the language of whoever looks.
    """

    account: str
    vat_code: str = ""
    cost_centre: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a bill before it is captured, to find it among those that are.

    ``contacts`` are ids of who may have sent it; ``file`` is the id of its stored original.
    """

    contacts: tuple[int, ...]
    number: str
    date: dt.date | None
    currency: str
    amount: Decimal | None
    iban: str
    reference: str
    file: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What may be the same bill: how it is called, where it is, and why it may be."""

    label: str
    address: str
    reasons: tuple[str, ...]


PastOf = Callable[[Company, Collection[int]], Mapping[int, Past]]
DuplicatesOf = Callable[[Company, Traits], Sequence[Duplicate]]
Address = Callable[[int, int], str]

_past: Final[list[PastOf]] = []
_duplicates: Final[list[DuplicatesOf]] = []
_addresses: Final[dict[str, Address]] = {}


def register_past(ask: PastOf) -> None:
    """Let a room say what contacts' bills were booked on: by their ids, in a fixed number of queries."""
    if ask not in _past:
        _past.append(ask)


def register_duplicates(ask: DuplicatesOf) -> None:
    """Let a room say which of its bills may be the one that is looked at; the likeliest first."""
    if ask not in _duplicates:
        _duplicates.append(ask)


def register_addresses(*, capture: Address, bill: Address) -> None:
    """Let a room say where a document is captured (company, document), and where a bill is (company, bill)."""
    _addresses.update(capture=capture, bill=bill)


def past_of(company: Company, contacts: Collection[int]) -> dict[int, Past]:
    """What contacts' bills were booked on, by the id of the contact."""
    found: dict[int, Past] = {}
    for ask in _past if contacts else ():
        found.update(ask(company, contacts))
    return found


def duplicates_of(company: Company, traits: Traits) -> list[Duplicate]:
    """Bills of rooms above that may be the same."""
    return [one for ask in _duplicates for one in ask(company, traits)]


def capture_address(company: int, document: int) -> str:
    """Where a document is captured; blank while no room captures any."""
    return _addresses["capture"](company, document) if "capture" in _addresses else ""


def bill_address(company: int, bill: int) -> str:
    """Where a bill is looked at; blank while no room has any."""
    return _addresses["bill"](company, bill) if "bill" in _addresses else ""
