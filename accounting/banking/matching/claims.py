"""What a reference claims that no open item has (Forderungen aus Mahnungen): told by rooms above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from erp.companies.models import Company
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Claim:
    """What a payment with the reference of a dunning letter pays: its items, then what came to them.

    ``items`` are ids of open items with what was demanded of each, credits negative; ``fees`` are
    fee and interest that no item stands for.
    """

    number: int
    currency: str
    items: tuple[tuple[int, Decimal], ...]
    fees: Decimal = ZERO


#: Ask by references, get claims by the same references; in a fixed number of queries.
claimed: list[Callable[[Company, Collection[str]], Mapping[str, Claim]]] = []


def claims_of(company: Company, references: Collection[str]) -> dict[str, Claim]:
    """What references claim, as the rooms above know it; nothing is asked without references."""
    found: dict[str, Claim] = {}
    for ask in claimed if references else ():
        found.update(ask(company, references))
    return found
