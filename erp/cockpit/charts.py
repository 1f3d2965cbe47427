"""Charts as SVG, drawn on the server: no script, no library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounting.statements.monthly import Month
from erp.core.display import GROUP, chf

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 200, 64, 22, 12


@dataclass(frozen=True)
class Bar:
    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


def income_and_expense(months: Sequence[Month]) -> dict[str, Any]:
    """Two bars a month, on one scale from zero."""
    highest = _round_up(max([Decimal(1), *(max(m.income, m.expense) for m in months)]))
    room = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(len(months), 1)
    bars = []
    for nth, month in enumerate(months):
        for offset, kind, amount in ((0, "income", month.income), (1, "expense", month.expense)):
            height = _pixels(max(amount, Decimal(0)), highest, room)
            bars.append(
                Bar(kind, round(LEFT + nth * step + step * (0.14 + offset * 0.37), 1),
                    round(HEIGHT - BOTTOM - height, 1), round(step * 0.34, 1), height,
                    f"{month.month:%m.%Y}: {chf(amount)}")
            )  # fmt: skip
    return {"bars": bars, "labels": _labels(months, step), "base": HEIGHT - BOTTOM,
            "width": WIDTH, "height": HEIGHT, "lines": _lines(Decimal(0), highest, room)}  # fmt: skip


def liquidity(months: Sequence[Month]) -> dict[str, Any]:
    """A line of the liquid funds at each month's end."""
    amounts = [m.liquidity for m in months]
    low = -_round_up(-min([Decimal(0), *amounts]))
    high = _round_up(max([Decimal(1), *amounts]))
    room = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(len(months), 1)
    points = [
        (round(LEFT + (nth + 0.5) * step, 1),
         round(HEIGHT - BOTTOM - _pixels(amount - low, high - low, room), 1))
        for nth, amount in enumerate(amounts)
    ]  # fmt: skip
    zero = round(HEIGHT - BOTTOM - _pixels(-low, high - low, room), 1)
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{zero} {line} {points[-1][0]},{zero}" if points else ""
    return {"line": line, "area": area, "zero": zero, "labels": _labels(months, step),
            "base": HEIGHT - BOTTOM, "width": WIDTH, "height": HEIGHT,
            "lines": _lines(low, high, room)}  # fmt: skip


def _pixels(amount: Decimal, of: Decimal, room: int) -> float:
    """A length on the screen; the only place where an amount becomes inexact."""
    return round(int(amount * room * 10 / of) / 10, 1)


def _round_up(amount: Decimal) -> Decimal:
    """The next round figure: 1, 2, 2.5, 5 or 10 times a power of ten; zero stays."""
    if amount <= 0:
        return Decimal(0)
    power = Decimal(10) ** amount.adjusted()
    steps = (Decimal(n) * power for n in ("1", "2", "2.5", "5", "10"))
    return next(step for step in steps if step >= amount)


def _lines(low: Decimal, high: Decimal, room: int) -> list[dict[str, Any]]:
    """Lines to read the height by: bottom, middle, top."""
    return [
        {"y": round(HEIGHT - BOTTOM - _pixels(value - low, high - low, room), 1),
         "text": f"{value:,.0f}".replace(",", GROUP)}
        for value in sorted({low, (low + high) / 2, high, Decimal(0)})
    ]  # fmt: skip


def _labels(months: Sequence[Month], step: float) -> list[dict[str, Any]]:
    return [
        {"x": round(LEFT + (nth + 0.5) * step, 1), "text": f"{m.month:%m.%y}"}
        for nth, m in enumerate(months)
    ]
