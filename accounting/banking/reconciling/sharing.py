"""Sharing items out over payments (Aufteilen auf mehrere Zahlungen): arithmetic alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from accounting.banking.matching.choosing import Share
from erp.core.money import ZERO

Name = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Slot:
    """A payment, by line and place, with its amount as the bank reports it."""

    name: Name
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be settled of an item; ``sign`` turns its amounts into those of the bank."""

    share: Share
    sign: int

    @property
    def cash(self) -> Decimal:
        return self.share.paid * self.sign


def shared_over(slots: Sequence[Slot], items: Sequence[Wanted]) -> dict[Name, list[Share]]:
    """Which payment pays what of each item; together it is what was wanted.

    An item whose amount is a payment's goes there whole. What the others leave is filled up in
    order; an item of the other direction (a credit taken off) comes first and gives its payment
    more to share out, and what is beyond all payments stays on the last one. A discount goes with
    the last part of its item.
    """
    found = defaultdict[Name, list[Share]](list)
    left = {slot.name: slot.amount for slot in slots}
    rest = []
    for one in items:
        whole = next(
            (s.name for s in slots if left[s.name] == one.cash and not found[s.name]), None
        )
        if whole is None:
            rest.append(one)
        else:
            found[whole].append(one.share)
            left[whole] = ZERO
    inward = slots[0].amount > 0
    rest.sort(key=lambda one: (one.cash > 0) is inward)
    for one in rest:
        _fill(one, slots, left, found)
    return {name: shares for name, shares in found.items() if shares}


def _fill(
    one: Wanted, slots: Sequence[Slot], left: dict[Name, Decimal], found: dict[Name, list[Share]]
) -> None:
    open_cash = one.cash
    for nth, slot in enumerate(slots):
        is_last, room = nth == len(slots) - 1, left[slot.name]
        if not is_last and room * slot.amount <= 0:
            continue
        goes_off = open_cash * slot.amount < 0
        part = open_cash if is_last or goes_off or abs(open_cash) <= abs(room) else room
        open_cash -= part
        left[slot.name] -= part
        discount = one.share.discount if not open_cash else ZERO
        found[slot.name].append(replace(one.share, paid=part * one.sign, discount=discount))
        if not open_cash:
            return
