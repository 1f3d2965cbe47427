"""The forecast as tables: the same figures on paper, in workbooks and as CSV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.liquidity.forecast import Forecast, Kind
from erp.core.display import swiss_date
from erp.web.export import Table, table


def forecast_table(found: Forecast) -> Table:
    """Each week or month with what comes and goes by its source, and the balance at its end."""
    rows: list[list[Any]] = [[found.on, None, *([None] * len(Kind)), None, found.opening, None]]
    kinds = {0: "position"}
    lowest = found.lowest
    for column in found.columns:
        if column is lowest:
            kinds[len(rows)] = "total"
        rows.append([column.start, column.end, *(one or None for one in column.by_kind),
                     column.change, column.closing, column.low])  # fmt: skip
    kinds[len(rows)] = "grand"
    total = sum(found.totals)
    rows.append([_("Total"), None, *found.totals, total, found.closing,
                 lowest.low if lowest else None])  # fmt: skip
    return table(
        title=_("Liquidity forecast"), subtitle=_told(found),
        head=[_("From"), _("Until"), *(str(kind.label) for kind in Kind), _("Change"), _("Balance"),
              _("Lowest")],
        rows=rows, name="liquidity", wide=True, kinds=kinds,
    )  # fmt: skip


def flows_table(found: Forecast) -> Table:
    """Every expected payment by its day, with the balance running."""
    rows: list[list[Any]] = [
        [found.on, None, _("Opening balance"), "", "", None, None, found.opening]
    ]
    balance = found.opening
    for flow in (flow for column in found.columns for flow in column.flows):
        balance += flow.base
        rows.append([flow.date, flow.due, flow.text, flow.label, flow.currency, flow.amount,
                     flow.base, balance])  # fmt: skip
    return table(
        title=_("Expected payments"), subtitle=_told(found),
        head=[_("Expected"), _("Due"), _("Text"), _("Source"), _("Currency"), _("In currency"),
              _("Amount"), _("Balance")],
        rows=rows, name="liquidity-payments", wide=True, kinds={0: "position"},
    )  # fmt: skip


def _told(found: Forecast) -> str:
    """The span, and the rates that foreign money was converted with."""
    span = f"{swiss_date(found.on)}\N{EN DASH}{swiss_date(found.until)}"
    used = [f"1 {one.currency} = {one.value.normalize():f}" for one in found.rates]
    return " · ".join([span, *used])
