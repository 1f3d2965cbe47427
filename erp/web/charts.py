"""Charts as SVG, drawn on the server: no script, no library. What all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from erp.core.display import GROUP

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 200, 64, 22, 12
ROOM = HEIGHT - BOTTOM - TOP


@dataclass(frozen=True)
class Bar:
    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


def pixels(amount: Decimal, of: Decimal, room: int = ROOM) -> float:
    """A length on the screen; the only place where an amount becomes inexact."""
    return round(int(amount * room * 10 / of) / 10, 1)


def round_up(amount: Decimal) -> Decimal:
    """The next round figure: 1, 2, 2.5, 5 or 10 times a power of ten; zero stays."""
    if amount <= 0:
        return Decimal(0)
    power = Decimal(10) ** amount.adjusted()
    steps = (Decimal(n) * power for n in ("1", "2", "2.5", "5", "10"))
    return next(step for step in steps if step >= amount)


def level(value: Decimal, low: Decimal, high: Decimal) -> float:
    """How far down a value stands, on a scale from ``low`` to ``high``."""
    return round(HEIGHT - BOTTOM - pixels(value - low, high - low), 1)


def lines(low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    """Lines to read the height by: bottom, middle, top, and zero."""
    return [
        {"y": level(value, low, high), "text": f"{value:,.0f}".replace(",", GROUP)}
        for value in sorted({low, (low + high) / 2, high, Decimal(0)})
    ]
