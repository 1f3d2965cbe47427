"""The chart of what is owed by age (Altersstruktur)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounting.open_items.queries import BUCKETS, Ageing
from accounting.open_items.reports import heads
from erp.core.display import chf
from erp.core.money import rounded_to
from erp.web.charts import HEIGHT, LEFT, WIDTH, Bar, level, lines, round_up

#: The days of the ages in between.
SPANS = [(first + 1, last) for first, last in zip((0, *BUCKETS), BUCKETS, strict=False)]
#: How the columns look, from what is not due to what is oldest.
KINDS = ("fresh", "late one", "late two", "late three", "late four")


def ageing_chart(found: Ageing) -> dict[str, Any]:
    """A column for each age on one scale from zero; what is owed back hangs below it."""
    low = -round_up(-min(Decimal(0), *found.totals))
    high = round_up(max(Decimal(1), *found.totals))
    step = (WIDTH - LEFT) / len(KINDS)
    short = [heads()[0], *("–".join(map(str, span)) for span in SPANS), f"> {BUCKETS[-1]}"]
    bars, labels, amounts = [], [], []
    for nth, (kind, amount, head) in enumerate(zip(KINDS, found.totals, heads(), strict=True)):
        top, foot = (
            level(max(amount, Decimal(0)), low, high),
            level(min(amount, Decimal(0)), low, high),
        )
        bars.append(Bar(kind, round(LEFT + step * (nth + 0.2), 1), top, round(step * 0.6, 1),
                        round(foot - top, 1), f"{head}: {chf(amount)}"))  # fmt: skip
        labels.append({"x": round(LEFT + step * (nth + 0.5), 1), "text": short[nth]})
        if amount:
            amounts.append({"x": labels[-1]["x"], "y": round(top - 4, 1), "text": _whole(amount)})
    return {"bars": bars, "labels": labels, "amounts": amounts, "lines": lines(low, high), "width": WIDTH,
            "height": HEIGHT}  # fmt: skip


def _whole(amount: Decimal) -> str:
    """An amount without centimes, as there is room for."""
    return chf(rounded_to(amount, Decimal(1))).removesuffix(".00")
