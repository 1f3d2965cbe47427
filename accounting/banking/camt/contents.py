"""What a file of statements holds, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct


class Detail(Struct, frozen=True):
    """One payment within an entry; ``amount`` from the account holder's view, credits positive.

    ``instruction_id``, ``block_id`` and ``message_id`` are those of our own order, where it was one.
    ``party`` is the other side: who paid, or who was paid. ``charges`` are what banks took off on
    the way, in the entry's currency; ``instructed`` is what was ordered, in a currency of its own.
    """

    amount: Decimal
    currency: str
    servicer_reference: str = ""
    end_to_end_id: str = ""
    message_id: str = ""
    instruction_id: str = ""
    block_id: str = ""
    reference: str = ""
    reference_type: str = ""
    text: str = ""
    party: str = ""
    party_iban: str = ""
    return_reason: str = ""
    charges: Decimal = Decimal(0)
    instructed: Decimal = Decimal(0)
    instructed_currency: str = ""


class Entry(Struct, frozen=True):
    """A booking of the bank; ``amount`` is signed, credits positive."""

    amount: Decimal
    currency: str
    status: str
    booking_date: dt.date | None
    value_date: dt.date | None
    reversal: bool
    reference: str
    servicer_reference: str
    bank_code: str
    text: str
    details: tuple[Detail, ...]

    @property
    def is_booked(self) -> bool:
        return self.status == "BOOK"


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's statement, notification or report."""

    identification: str
    iban: str
    other_account: str
    currency: str
    from_date: dt.date | None
    to_date: dt.date | None
    opening: Decimal | None
    closing: Decimal | None
    balance_currencies: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def booked(self) -> Decimal:
        return sum((e.amount for e in self.entries if e.is_booked), Decimal(0))


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What a file holds."""

    kind: str
    message_id: str
    statements: tuple[Statement, ...]
