"""The charts of the start page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounting.statements.monthly import Month
from erp.core.display import chf
from erp.web.charts import BOTTOM, HEIGHT, LEFT, WIDTH, Bar, level, lines, pixels, round_up


def income_and_expense(months: Sequence[Month]) -> dict[str, Any]:
    """Two bars a month, on one scale from zero."""
    highest = round_up(max([Decimal(1), *(max(m.income, m.expense) for m in months)]))
    step = (WIDTH - LEFT) / max(len(months), 1)
    bars = []
    for nth, month in enumerate(months):
        for offset, kind, amount in ((0, "income", month.income), (1, "expense", month.expense)):
            height = pixels(max(amount, Decimal(0)), highest)
            bars.append(
                Bar(kind, round(LEFT + nth * step + step * (0.14 + offset * 0.37), 1),
                    round(HEIGHT - BOTTOM - height, 1), round(step * 0.34, 1), height,
                    f"{month.month:%m.%Y}: {chf(amount)}")
            )  # fmt: skip
    return {"bars": bars, "labels": _labels(months, step), "base": HEIGHT - BOTTOM,
            "width": WIDTH, "height": HEIGHT, "lines": lines(Decimal(0), highest)}  # fmt: skip


def liquidity(months: Sequence[Month]) -> dict[str, Any]:
    """A line of the liquid funds at each month's end."""
    amounts = [m.liquidity for m in months]
    low = -round_up(-min([Decimal(0), *amounts]))
    high = round_up(max([Decimal(1), *amounts]))
    step = (WIDTH - LEFT) / max(len(months), 1)
    points = [
        (round(LEFT + (nth + 0.5) * step, 1),
         level(amount, low, high))
        for nth, amount in enumerate(amounts)
    ]  # fmt: skip
    zero = level(Decimal(0), low, high)
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{zero} {line} {points[-1][0]},{zero}" if points else ""
    return {"line": line, "area": area, "zero": zero, "labels": _labels(months, step),
            "base": HEIGHT - BOTTOM, "width": WIDTH, "height": HEIGHT,
            "lines": lines(low, high)}  # fmt: skip


def _labels(months: Sequence[Month], step: float) -> list[dict[str, Any]]:
    return [
        {"x": round(LEFT + (nth + 0.5) * step, 1), "text": f"{m.month:%m.%y}"}
        for nth, m in enumerate(months)
    ]
