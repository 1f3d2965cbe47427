"""Prices with and without VAT (Preise inklusive und exklusive MWST): values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from erp.core.money import to_centimes
from vat.codes.breakdown import Basis


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit costs, either way; ``rate`` is the VAT rate in percent that it was reckoned with."""

    net: Decimal
    gross: Decimal
    rate: Decimal


def both_ways(price: Decimal, *, basis: str, rate: Decimal) -> Price:
    """A price with and without VAT: the one that was typed stays exact, the other is in centimes."""
    if not rate:
        return Price(price, price, rate)
    if basis == Basis.GROSS:
        return Price(to_centimes(price * 100 / (100 + rate)), price, rate)
    return Price(price, to_centimes(price * (100 + rate) / 100), rate)
