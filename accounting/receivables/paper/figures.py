"""Figures in print (Zahlen im Druck): one number of decimals in a column, so that points align."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from accounting.qr import fitting
from accounting.receivables.lines import decimals
from erp.core.display import GROUP, MINUS

GAP: Final = 4.4  # millimetres between a column and the one before, with what rounding takes
BOLD: Final = 1.09  # bold letters are wider than plain ones by less than this


def fraction(values: Iterable[Decimal | None], *, least: int = 0) -> int:
    """How many decimals a column of figures needs, the same for each."""
    return max([least, *(decimals(one) for one in values if one is not None)])


def figure(value: Decimal | None, *, places: int) -> str:
    """A figure grouped by thousands, ``1’234.5``; nothing for None."""
    if value is None:
        return ""
    text = f"{value:,.{places}f}".replace(",", GROUP)
    return MINUS + text[1:] if text[0] == "-" else text


def percent(rate: Decimal) -> str:
    """A VAT rate as it is written: ``8.1 %``, ``0.0 %``."""
    return f"{figure(rate, places=fraction([rate], least=1))}\u00a0%"


def room(texts: Iterable[str], *, size: float, bold: bool = False) -> float:
    """The width in millimetres of a column that holds these texts, each on one line."""
    widest = max((fitting.width(text, size=size) for text in texts), default=0.0)
    return widest * (BOLD if bold else 1) + GAP
