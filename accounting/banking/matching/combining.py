"""Several items that a payment settles together (Sammelzahlung): which add up, and who gets what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from accounting.banking.matching.candidates import Candidate
from accounting.banking.matching.proposal import Share
from erp.core.money import ZERO

MOST_COMBINED: Final = 12  # items of a party of which two or three are added up in all ways


@dataclass(frozen=True, slots=True)
class Spread:
    """A payment shared out; ``over`` is what is left of it, as the bank would report it."""

    shares: tuple[Share, ...]
    over: Decimal
    exact: bool


def expected(item: Candidate, date: dt.date) -> Decimal:
    """What a payment of a day would have to be, with the discount still allowed."""
    return item.cash - item.discount(date) * item.sign


def adding_up(items: Sequence[Candidate], cash: Decimal, *, date: dt.date) -> list[Candidate]:
    """Several items that come to ``cash``: all, the oldest, or any two or three of a few."""
    if len(items) < 2:
        return []
    ways = [[item.cash for item in items], [expected(item, date) for item in items]]
    for worth in ways:
        so_far = ZERO
        for last, amount in enumerate(worth, 1):
            so_far += amount
            if so_far == cash and last > 1:
                return list(items[:last])
    if len(items) > MOST_COMBINED:
        return []
    for count in (2, 3):
        for places in combinations(range(len(items)), count):
            if any(sum((worth[nth] for nth in places), ZERO) == cash for worth in ways):
                return [items[nth] for nth in places]
    return []


def spread(items: Sequence[Candidate], cash: Decimal, *, date: dt.date) -> Spread:
    """Share a payment out over items in their order; what lacks stays open.

    Where they come to the payment exactly, credits among them are taken off; discounts are taken
    where that makes them do so.
    """
    whole = sum((item.cash for item in items), ZERO)
    less = sum((expected(item, date) for item in items), ZERO)
    exact, discounts = cash in {whole, less}, less != whole and less == cash
    shares, rest = [], cash
    for item in items:
        off = item.discount(date) if discounts else ZERO
        room, left = item.open_amount - off, rest * item.sign
        if not exact and left * room <= 0:
            break
        paid = room if exact or abs(left) >= abs(room) else left
        shares.append(Share(item, paid, off if paid == room else ZERO))
        rest -= paid * item.sign
    return Spread(tuple(shares), ZERO if exact else rest, exact)
