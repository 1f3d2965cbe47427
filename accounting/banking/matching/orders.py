"""What we ordered ourselves (eigene Zahlungsaufträge): told by rooms above, which made the orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.banking.matching.payments import Payment
from accounting.open_items.models import Side
from erp.companies.models import Company, Module


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that a debit may be: one payment, or all of a block.

    ``amount`` is positive, in ``currency``. ``items`` are ids of open items with what is paid of each
    and the discount taken off, in the direction of their side. ``is_named`` says that the bank told a
    number of the order; without, only account and amount are the same. An order that settles no items
    names the ``account`` that its debit is booked against.
    """

    number: str
    count: int
    currency: str
    amount: Decimal
    items: tuple[tuple[int, Decimal, Decimal], ...]
    is_named: bool = True
    account: str = ""


def may_match(company: Company) -> bool:
    """Whether there is anything that bank transactions may be: open items, or wages that we ordered."""
    kept = (*Side.values, Module.PAYROLL)
    return any(company.uses(each) for each in kept)


#: Ask by debits, get orders by transaction and payment; in a fixed number of queries.
ordered: list[Callable[[Company, Sequence[Payment]], Mapping[tuple[int, int], Ordered]]] = []


def orders_of(company: Company, payments: Sequence[Payment]) -> dict[tuple[int, int], Ordered]:
    """What was ordered, as the rooms above know it; nothing is asked where no money went out."""
    debits = [one for one in payments if one.amount < 0 and not one.is_return]
    found: dict[tuple[int, int], Ordered] = {}
    for ask in ordered if debits else ():
        found.update(ask(company, debits))
    return found
