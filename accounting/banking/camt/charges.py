"""What banks took off on the way (Spesen), and what was ordered in another currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounting.banking.camt.elements import Reading, amount_of, child_of, text_of
from erp.core.money import ZERO


def charges_of(told: Any, reading: Reading, currency: str) -> Decimal:
    """The charges of an entry or payment (Chrgs) in its currency, as far as they were taken off.

    Those that the bank books by themselves (``ChrgInclInd`` false), and what it gave back, are
    none. Banks tell them one by one (``Rcrd``), as a total, or in older files as an amount.
    """
    found = child_of(told, reading, "Chrgs")
    if found is None:
        return ZERO
    rows = list(found.iterchildren(f"{reading.ns}Rcrd"))
    if not rows:
        place = child_of(found, reading, "TtlChrgsAndTaxAmt")
        place = child_of(found, reading, "Amt") if place is None else place
        return ZERO if place is None else _in(place, reading, currency)
    total = ZERO
    for row in rows:
        place = child_of(row, reading, "Amt")
        separate = text_of(row, reading, "ChrgInclInd") in {"false", "0"}
        if place is None or separate or text_of(row, reading, "CdtDbtInd") == "CRDT":
            continue
        total += _in(place, reading, currency)
    return total


def instructed_of(told: Any, reading: Reading) -> tuple[Decimal, str]:
    """What the payer ordered (InstdAmt), and its currency; nothing where the bank does not say."""
    place = child_of(told, reading, "AmtDtls", "InstdAmt", "Amt")
    return (ZERO, "") if place is None else (amount_of(place, reading), place.get("Ccy", ""))


def _in(place: Any, reading: Reading, currency: str) -> Decimal:
    return amount_of(place, reading) if place.get("Ccy", currency) == currency else ZERO
