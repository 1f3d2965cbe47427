"""Who hears that a bank transaction was booked, or a booking undone: rooms above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounting.banking.models import BankTransaction
from accounting.ledger.models import JournalEntry


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that came back: the entry it was booked by, its items, and the bank's reason."""

    entry: JournalEntry
    items: frozenset[int]
    reason: str


@dataclass(frozen=True, slots=True)
class Booked:
    """A transaction with its entry, the items it settled, and what it took back."""

    movement: BankTransaction
    entry: JournalEntry
    settled: frozenset[int]
    returned: tuple[Returned, ...]


booked: list[Callable[[Booked], None]] = []


def tell_booked(effect: Booked) -> None:
    """Say what a booking did, within its transaction."""
    for hear in booked:
        hear(effect)
