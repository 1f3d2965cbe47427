"""The chart of a forecast: what comes and goes, and the balance as a line with its lowest point."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounting.liquidity.forecast import Column, Forecast
from erp.core.display import chf, swiss_date
from erp.web.charts import HEIGHT, LEFT, WIDTH, Bar, centres, level, lines, round_up


def forecast_chart(found: Forecast) -> dict[str, Any]:
    """Two bars for each week or month, and the balance at its end, on one scale."""
    zero = Decimal(0)
    amounts = [one.closing for one in found.columns] + [one.low for one in found.columns]
    low = -round_up(-min([zero, *amounts]))
    high = round_up(max([Decimal(1), *amounts, *(one.inflow for one in found.columns),
                         *(-one.outflow for one in found.columns)]))  # fmt: skip
    step = (WIDTH - LEFT) / max(len(found.columns), 1)
    foot, bars = level(zero, low, high), []
    for nth, column in enumerate(found.columns):
        pairs = ((0, "income", column.inflow), (1, "expense", -column.outflow))
        for place, kind, amount in pairs:
            top = level(amount, low, high)
            bars.append(Bar(kind, round(LEFT + step * (nth + 0.16 + place * 0.34), 1), top,
                            round(step * 0.3, 1), round(foot - top, 1),
                            f"{_name(column)}: {chf(amount)}"))  # fmt: skip
    every = max(1, -(-len(found.columns) // 13))
    places = centres([f"{one.start:%d.%m.}" for one in found.columns])
    labels = [one for nth, one in enumerate(places) if nth % every == 0]
    points = [(_place(nth, step), level(column.closing, low, high))
              for nth, column in enumerate(found.columns, 1)]  # fmt: skip
    points.insert(0, (LEFT, level(found.opening, low, high)))
    return {"bars": bars, "labels": labels, "lines": lines(low, high), "width": WIDTH,
            "height": HEIGHT, "line": " ".join(f"{x},{y}" for x, y in points),
            "lowest": _lowest(found, step, low, high)}  # fmt: skip


def _lowest(found: Forecast, step: Any, low: Decimal, high: Decimal) -> dict[str, Any] | None:
    column = found.lowest
    if column is None:
        return None
    days = (column.end - column.start).days + 1
    gone = 0 if column.low == column.opening else (column.low_date - column.start).days + 1
    x = _place(found.columns.index(column) + gone / days, step)
    return {"x": x, "y": level(column.low, low, high),
            "title": f"{swiss_date(column.low_date)}: {chf(column.low)}"}  # fmt: skip


def _place(nth: Any, step: Any) -> Any:
    """How far to the right the end of a column lies, or a part of one."""
    return round(LEFT + step * nth, 1)


def _name(column: Column) -> str:
    return f"{swiss_date(column.start)}\N{EN DASH}{swiss_date(column.end)}"
