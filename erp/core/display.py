"""Figures and dates as Swiss people read them: 1’234.55, 23.11.2026. Plain text operations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

MINUS = "\u2212"
GROUP = "\u2019"


def chf(amount: Decimal | None, *, zero: str = "0.00") -> str:
    """An amount with two decimals, grouped by thousands; nothing for None."""
    if amount is None:
        return ""
    if not amount:
        return zero
    text = f"{amount:,.2f}".replace(",", GROUP)
    return MINUS + text[1:] if text[0] == "-" else text


def figure(value: Decimal) -> str:
    """A quantity, rate or percentage: grouped by thousands, without needless zeros."""
    text = f"{value:,f}".replace(",", GROUP)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS + text[1:] if text[0] == "-" else text


def price(amount: Decimal | None) -> str:
    """As ``chf``, with all decimals that a price has beyond two: ``0.0125``."""
    if amount is None:
        return ""
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    text = f"{amount:,.{places}f}".replace(",", GROUP)
    return MINUS + text[1:] if text[0] == "-" else text


def told(value: object) -> object:
    """A value as a message names it: amounts grouped, dates in Swiss form, all else as it is."""
    if isinstance(value, Decimal) and value.is_finite() and value.as_tuple().exponent == -2:
        return chf(value)
    return swiss_date(value) if isinstance(value, dt.date) else value


def swiss_date(day: dt.date | None) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year}" if day else ""


def duration(minutes: int | None) -> str:
    """Minutes as hours and minutes, nothing for none: 150 is ``2:30``, -90 is ``−1:30``."""
    if not minutes:
        return ""
    sign = MINUS if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
