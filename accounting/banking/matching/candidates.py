"""What payments are compared with: open items, and hash look-ups into them. Values, no database."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, TypeVar

from accounting.banking.matching.claims import Claim
from accounting.banking.matching.orders import Ordered
from accounting.banking.matching.words import (
    document_keys,
    name_words,
    reference_key,
)
from accounting.open_items.models import Side
from accounting.open_items.planning import discount_of

K = TypeVar("K")
V = TypeVar("V")

#: So many parties of one name say nothing any more.
MOST_ALIKE: Final = 200
#: Who owes: the contact's id, or without one the name.
Whose = int | str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open item, as far as matching knows it; amounts in the direction of its side."""

    id: int
    side: str
    account: int
    contact: int | None
    party: str
    document: str
    reference: str
    due_date: dt.date
    opened_on: dt.date
    discount_percent: Decimal | None
    discount_until: dt.date | None
    currency: str
    amount: Decimal
    open_amount: Decimal

    @property
    def whose(self) -> Whose:
        return self.party if self.contact is None else self.contact

    @property
    def sign(self) -> int:
        """What turns its amounts into those of the bank: what comes in is positive."""
        return 1 if self.side == Side.RECEIVABLES else -1

    @property
    def cash(self) -> Decimal:
        """What would settle it, as the bank would report it."""
        return self.open_amount * self.sign

    @property
    def name(self) -> str:
        return self.document or self.party

    def discount(self, date: dt.date) -> Decimal:
        """The discount that may still be taken off on a day."""
        return discount_of(self, date)


@dataclass
class Candidates:
    """Open items by all that a payment may tell of them.

    ``payers`` says who paid from an account before, ``accounts`` whose it is by the contacts.
    ``settled`` are items that are open no more, by their reference; ``claims`` what dunning letters
    demanded, by theirs, and ``gone`` items of those that are settled, by their ids; ``orders`` what we
    ordered ourselves, by transaction and payment. ``own`` is the company's currency.
    """

    items: list[Candidate]
    own: str = "CHF"
    payers: Mapping[str, frozenset[Whose]] = field(default_factory=dict)
    accounts: Mapping[str, frozenset[Whose]] = field(default_factory=dict)
    settled: Mapping[str, Candidate] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    gone: Mapping[int, Candidate] = field(default_factory=dict)
    orders: Mapping[tuple[int, int], Ordered] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[int, Candidate]:
        return {item.id: item for item in self.items}

    @cached_property
    def by_reference(self) -> dict[str, list[Candidate]]:
        rows = (item for item in self.items if item.reference)
        return _grouped((reference_key(item.reference), item) for item in rows)

    @cached_property
    def by_document(self) -> dict[str, list[Candidate]]:
        return _grouped((key, item) for item in self.items for key in document_keys(item.document))

    @cached_property
    def by_amount(self) -> dict[tuple[str, Decimal], list[Candidate]]:
        """By currency and cash: what is open, and what is left of it after a discount."""
        found = defaultdict[tuple[str, Decimal], list[Candidate]](list)
        for item in self.items:
            found[item.currency, item.cash].append(item)
            if item.discount_until is not None:
                off = item.discount(item.discount_until)
                found[item.currency, item.cash - off * item.sign].append(item)
        return found

    @cached_property
    def by_party(self) -> dict[Whose, list[Candidate]]:
        """The items of each party, the earliest due first."""
        ordered = sorted(self.items, key=lambda item: (item.due_date, item.id))
        return _grouped((item.whose, item) for item in ordered)

    @cached_property
    def by_word(self) -> dict[str, set[Whose]]:
        found = defaultdict[str, set[Whose]](set)
        for whose, items in self.by_party.items():
            for word in name_words(items[-1].party):
                found[word].add(whose)
        return found

    def parties_called(self, name: str) -> dict[Whose, bool]:
        """Parties with a name like this; True where no word is missing on either side."""
        words = name_words(name)
        known = sorted((self.by_word[w] for w in words if w in self.by_word), key=len)
        if not known:
            return {}
        shared = set.intersection(*known)
        if not shared:  # the rarest word alone tells too little, two of them do
            shared = known[0] & known[1] if len(known) > 1 else set()
        found: dict[Whose, bool] = {}
        for whose in shared if len(shared) <= MOST_ALIKE else ():
            theirs = name_words(self.by_party[whose][-1].party)
            if theirs == words:
                found[whose] = True
            elif theirs <= words or words <= theirs or len(theirs & words) > 1:
                found[whose] = False
        return found


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found = defaultdict[K, list[V]](list)
    for key, value in pairs:
        found[key].append(value)
    return found
