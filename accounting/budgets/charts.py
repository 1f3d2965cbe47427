"""The chart of a budget: what is planned and what was booked, month by month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounting.budgets.comparing import Comparison
from erp.core.display import chf
from erp.web.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    WIDTH,
    Bar,
    centres,
    level,
    lines,
    round_up,
)


def budget_chart(found: Comparison) -> dict[str, Any]:
    """Two bars a month, up or down from zero, planned and booked; a line for each other budget."""
    zero = Decimal(0)
    amounts = [
        zero,
        *(one for row in found.months for one in (row.planned, row.booked, *row.others)),
    ]
    low, high = -round_up(-min(amounts)), round_up(max([Decimal(1), *amounts]))
    step, foot = (WIDTH - LEFT) / max(len(found.months), 1), level(zero, low, high)
    bars = []
    for nth, row in enumerate(found.months):
        kinds = (("before", row.planned), ("over" if row.warns else "booked", row.booked))
        for place, (kind, amount) in enumerate(kinds):
            end = level(amount, low, high)
            bars.append(Bar(kind, round(LEFT + step * (nth + 0.14 + place * 0.37), 1), min(end, foot),
                            round(step * 0.34, 1), round(abs(end - foot), 1),
                            f"{row.month:%m.%Y}: {chf(amount)}"))  # fmt: skip
    labels = centres([f"{row.month:%m.%y}" for row in found.months])
    return {
        "bars": bars, "labels": labels, "lines": lines(low, high), "width": WIDTH, "height": HEIGHT,
        "foot": HEIGHT - BOTTOM,
        "others": [
            " ".join(f"{label['x']},{level(row.others[nth], low, high)}"
                     for label, row in zip(labels, found.months, strict=True))
            for nth in range(len(found.others))
        ],
    }  # fmt: skip
