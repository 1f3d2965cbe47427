"""The reports of debtors as tables: the same rows on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.receivables.turnover import MonthRow, TurnoverRow, VatRow, vat_totals
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


def span(since: dt.date, until: dt.date) -> str:
    return f"{swiss_date(since)}\N{EN DASH}{swiss_date(until)}"


def customers(rows: Sequence[TurnoverRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by customer."""
    lines: list[list[Any]] = [
        [row.name, int(row.count), row.amount, row.before, row.change] for row in rows
    ]
    lines.append([_("Total"), sum(int(row.count) for row in rows), *_sums(rows), None])
    return table(
        title=_("Turnover by customer"), subtitle=span(since, until),
        head=[_("Customer"), _("Invoices"), _("Turnover"), _("Year before"), _("Change in %")],
        rows=lines, name="turnover-customers", kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def products(rows: Sequence[TurnoverRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by product."""
    lines: list[list[Any]] = [
        [row.number, row.name or _("without a product"), row.count, row.unit, row.amount,
         row.before, row.change]
        for row in rows
    ]  # fmt: skip
    lines.append([_("Total"), "", None, "", *_sums(rows), None])
    return table(
        title=_("Turnover by product"), subtitle=span(since, until),
        head=[_("Number"), _("Product"), _("Quantity"), _("Unit"), _("Turnover"), _("Year before"),
              _("Change in %")],
        rows=lines, name="turnover-products", wide=True, kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def months(rows: Sequence[MonthRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by month."""
    lines: list[list[Any]] = [[f"{row.month:%m.%Y}", row.amount, row.before] for row in rows]
    lines.append([_("Total"), sum((row.amount for row in rows), ZERO),
                  sum((row.before for row in rows), ZERO)])  # fmt: skip
    return table(
        title=_("Turnover by month"), subtitle=span(since, until),
        head=[_("Month"), _("Turnover"), _("Year before")], rows=lines, name="turnover-months",
        kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def vat(rows: Sequence[VatRow], since: dt.date, until: dt.date) -> Table:
    """The VAT journal of sales, with its sums by code and rate."""
    lines: list[list[Any]] = [
        [row.date, row.number, row.voucher, row.text, row.code, row.rate, row.supply_date, row.net,
         row.tax, row.gross]
        for row in rows
    ]  # fmt: skip
    kinds = {}
    for code, rate, net, tax in vat_totals(rows):
        kinds[len(lines)] = "sum"
        lines.append([None, None, "", _("Total"), code, rate, None, net, tax, net + tax])
    net, tax = sum((row.net for row in rows), ZERO), sum((row.tax for row in rows), ZERO)
    kinds[len(lines)] = "grand"
    lines.append([None, None, "", _("Total"), "", None, None, net, tax, net + tax])
    return table(
        title=_("VAT journal of sales"), subtitle=span(since, until),
        head=[_("Date"), _("Entry"), _("Document"), _("Text"), _("Code"), _("Rate"), _("Supplied"),
              _("Net"), _("VAT"), _("Gross")],
        rows=lines, name="vat-sales", wide=True, kinds=kinds,
    )  # fmt: skip


def habits(rows: Sequence[tuple[str, Any]], on: dt.date) -> Table:
    """How customers pay; names with their ``Habits``."""
    lines: list[list[Any]] = [
        [name, row.items, row.paid, row.days, row.days_late, row.percent_late, row.latest, row.last_paid]
        for name, row in rows
    ]  # fmt: skip
    return table(
        title=_("Payment habits"), subtitle=_("24 months until %s") % swiss_date(on),
        head=[_("Customer"), _("Items"), _("Paid"), _("Days until paid"), _("Days after due date"),
              _("Late in %"), _("Latest, days"), _("Last paid")],
        rows=lines, name="payment-habits", wide=True,
    )  # fmt: skip


def _sums(rows: Sequence[TurnoverRow]) -> tuple[Decimal, Decimal]:
    return sum((row.amount for row in rows), ZERO), sum((row.before for row in rows), ZERO)
