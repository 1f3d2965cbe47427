"""The charts of the start page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounting.statements.monthly import Month
from erp.web.charts import (
    BOTTOM,
    HEIGHT,
    WIDTH,
    centres,
    level,
    lines,
    round_up,
    side_by_side,
)


def income_and_expense(months: Sequence[Month]) -> dict[str, Any]:
    """Two bars a month, on one scale from zero."""
    return side_by_side(_names(months), [("income", [m.income for m in months]),
                                         ("expense", [m.expense for m in months])])  # fmt: skip


def liquidity(months: Sequence[Month]) -> dict[str, Any]:
    """A line of the liquid funds at each month's end."""
    amounts = [m.liquidity for m in months]
    low = -round_up(-min([Decimal(0), *amounts]))
    high = round_up(max([Decimal(1), *amounts]))
    labels = centres(_names(months))
    points = [(label["x"], level(amount, low, high))
              for label, amount in zip(labels, amounts, strict=True)]  # fmt: skip
    zero = level(Decimal(0), low, high)
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{zero} {line} {points[-1][0]},{zero}" if points else ""
    return {"line": line, "area": area, "zero": zero, "labels": labels, "base": HEIGHT - BOTTOM,
            "width": WIDTH, "height": HEIGHT, "lines": lines(low, high)}  # fmt: skip


def _names(months: Sequence[Month]) -> list[str]:
    return [f"{m.month:%m.%y}" for m in months]
