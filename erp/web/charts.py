"""Charts as SVG, drawn on the server: no script, no library. What all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from erp.core.display import GROUP, chf

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
    """Lines to read the height by: bottom, middle and top; about zero, multiples of one round step."""
    if low < 0 < high:
        step = round_up((high - low) / 4)
        values = [step * nth for nth in range(-int(-low // step), int(high // step) + 1)]
    else:
        values = [low, (low + high) / 2, high]
    return [
        {
            "y": level(value, low, high),
            "text": f"{value:,.0f}".replace(",", GROUP).replace("-", "−"),
        }
        for value in values
    ]


def side_by_side(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal]]]
) -> dict[str, Any]:
    """Bars beside each other above each label, one of each series, on one scale from zero.

    A series is the kind of its bars and an amount for each label; what is below zero has no bar.
    """
    high = round_up(max([Decimal(1), *(one for _kind, amounts in series for one in amounts)]))
    step = (WIDTH - LEFT) / max(len(labels), 1)
    share = step * 0.74 / max(len(series), 1)
    found = []
    for nth, label in enumerate(labels):
        for place, (kind, amounts) in enumerate(series):
            top = level(max(amounts[nth], Decimal(0)), Decimal(0), high)
            found.append(
                Bar(kind, round(LEFT + step * (nth + 0.13) + place * share, 1), top,
                    round(share * 0.92, 1), round(HEIGHT - BOTTOM - top, 1),
                    f"{label}: {chf(amounts[nth])}")
            )  # fmt: skip
    return {"bars": found, "labels": centres(labels), "lines": lines(Decimal(0), high), "width": WIDTH,
            "height": HEIGHT}  # fmt: skip


def centres(labels: Sequence[str]) -> list[dict[str, Any]]:
    """Labels in the middle of their share of the width."""
    step = (WIDTH - LEFT) / max(len(labels), 1)
    return [{"x": round(LEFT + (nth + 0.5) * step, 1), "text": text}
            for nth, text in enumerate(labels)]  # fmt: skip
