"""What stands on an invoice (Rechnungspositionen): items, texts, subtotals, and their checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError, Refusals
from vat.codes.breakdown import RateOn

MOST_DECIMALS: Final = 4  # of quantities and prices
HUNDRED: Final = Decimal(100)


class Kind(StrEnum):
    """What a line is; only items have amounts of their own."""

    ITEM = "item"
    TEXT = "text"
    SUBTOTAL = "subtotal"  # of the items since the last subtotal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document, as it is entered.

    ``price`` is per ``unit``, in the document's currency, with or without VAT as the document
    says; ``quantity`` is negative for what is taken back. Of the discounts at most one is given:
    ``discount_percent`` (0 to 100) or ``discount_amount``, which has the sign of the line.
    ``rate`` is the VAT rate in percent of the day of supply (see ``rate_of_supply``). The document's
    discount is taken off those that are ``discountable``: all but deposits that are deducted.
    """

    text: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    price: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    vat_code: str = ""
    rate: Decimal = Decimal(0)
    kind: str = Kind.ITEM
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    discountable: bool = True


class TooManyDecimals(DomainError):
    code = "receivables.too_many_decimals"
    message = _("%(value)s has more than %(most)s decimals. Round it, or change the unit.")


class BadPercent(DomainError):
    code = "receivables.bad_percent"
    message = _(
        "%(value)s %% is not possible here. From 0 to 100 is; for more use a negative line."
    )


class TwoDiscounts(DomainError):
    code = "receivables.two_discounts"
    message = _(
        "A discount is given in percent (%(percent)s) and as an amount (%(amount)s). Keep one."
    )


class DiscountTooLarge(DomainError):
    code = "receivables.discount_too_large"
    message = _("The discount of %(discount)s is more than what it is taken off (%(amount)s), or "
                "its sign differs. Correct it.")  # fmt: skip


class PeriodEndsFirst(DomainError):
    code = "receivables.period_ends_first"
    message = _("The supply ends on %(until)s, before it begins on %(start)s. Correct the dates.")


class RateChanges(DomainError):
    code = "receivables.rate_changes"
    message = _("The VAT rate changes within the supply: %(before)s %% on %(start)s, %(after)s %% on "
                "%(until)s. Enter one line for each rate.")  # fmt: skip
    field = "supply_until"


def rate_of_supply(
    vat_code: str, *, start: dt.date, until: dt.date | None = None, rate_on: RateOn
) -> Decimal:
    """The VAT rate of a supply on a day or in a period (massgebend ist das Leistungsdatum).

    ``rate_on`` gives the rate of a code on a day. Not the date of the invoice counts, nor that of
    payment: a credit note takes the rate of what it takes back. Raises ``PeriodEndsFirst``, or
    ``RateChanges`` where first and last day have different rates. Source: MWSTG Art. 115.
    """
    first = rate_on(vat_code, start)
    if until is None:
        return first
    if until < start:
        raise PeriodEndsFirst(field="supply_until", start=start, until=until)
    last = rate_on(vat_code, until)
    if first != last:
        raise RateChanges(before=first, after=last, start=start, until=until)
    return first


def check(lines: Sequence[Line]) -> None:
    """Refuse what cannot be reckoned, all of it at once. Raises ``Refusals``."""
    found = [
        refusal
        for nth, line in enumerate(lines)
        for refusal in _line_refusals(line, f"lines[{nth}]")
    ]
    if found:
        raise Refusals(found)


def _line_refusals(line: Line, place: str) -> list[DomainError]:
    if line.kind != Kind.ITEM:
        return []
    found: list[DomainError] = []
    for name in ("quantity", "price"):
        value = getattr(line, name)
        if decimals(value) > MOST_DECIMALS:
            found.append(TooManyDecimals(field=f"{place}.{name}", value=value, most=MOST_DECIMALS))
    if decimals(line.discount_amount) > 2:
        found.append(
            TooManyDecimals(field=f"{place}.discount_amount", value=line.discount_amount, most=2)
        )
    if not 0 <= line.discount_percent <= HUNDRED:
        found.append(BadPercent(field=f"{place}.discount_percent", value=line.discount_percent))
    if not 0 <= line.rate < HUNDRED:
        found.append(BadPercent(field=f"{place}.rate", value=line.rate))
    if line.discount_percent and line.discount_amount:
        found.append(TwoDiscounts(field=f"{place}.discount_amount", percent=line.discount_percent,
                                  amount=line.discount_amount))  # fmt: skip
    if line.discount_amount and not within(line.discount_amount, line.quantity * line.price):
        found.append(DiscountTooLarge(field=f"{place}.discount_amount", discount=line.discount_amount,
                                      amount=line.quantity * line.price))  # fmt: skip
    if line.supply_from and line.supply_until and line.supply_until < line.supply_from:
        found.append(PeriodEndsFirst(field=f"{place}.supply_until", start=line.supply_from,
                                     until=line.supply_until))  # fmt: skip
    return found


def vat_key(line: Line) -> tuple[str, Decimal]:
    """What a line's VAT is reckoned with: its code and rate; 8.10 is the same rate as 8.1."""
    rate = line.rate.normalize()
    return line.vat_code, rate if decimals(rate) else rate.quantize(Decimal(1))


def decimals(value: Decimal) -> int:
    """How many decimals a figure has, zeros at its end left out."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 99


def within(part: Decimal, whole: Decimal) -> bool:
    """Whether ``part`` lies between zero and ``whole``, on whichever side of zero that is."""
    return 0 <= part <= whole or whole <= part <= 0
