"""The reports of debtors as tables: the same rows on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounting.ledger.spans import (
    MonthRow,
    TurnoverRow,
    months_table,
    parties_table,
    span_text,
    totals,
    vat_table,
)
from accounting.ledger.vat_journal import VatRow
from accounting.open_items.habits import Habits
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.web.export import Table, table


def customers(rows: Sequence[TurnoverRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by customer."""
    return parties_table(
        rows, since, until, title=_("Turnover by customer"), party=_("Customer"),
        documents=_("Invoices"), name="turnover-customers",
    )  # fmt: skip


def products(rows: Sequence[TurnoverRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by product."""
    lines: list[list[Any]] = [
        [row.number, row.name or _("without a product"), row.count, row.unit, row.amount,
         row.before, row.change]
        for row in rows
    ]  # fmt: skip
    lines.append([_("Total"), "", None, "", *totals(rows), None])
    return table(
        title=_("Turnover by product"), subtitle=span_text(since, until),
        head=[_("Number"), _("Product"), _("Quantity"), _("Unit"), _("Turnover"), _("Year before"),
              _("Change in %")],
        rows=lines, name="turnover-products", wide=True, kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def months(rows: Sequence[MonthRow], since: dt.date, until: dt.date) -> Table:
    """Turnover by month."""
    return months_table(rows, since, until, title=_("Turnover by month"), name="turnover-months")


def vat(rows: Sequence[VatRow], since: dt.date, until: dt.date) -> Table:
    """The VAT journal of sales, with its sums by code and rate."""
    return vat_table(rows, since, until, title=_("VAT journal of sales"), name="vat-sales")


def named(company: Company, found: Mapping[int, Habits]) -> list[tuple[str, Habits]]:
    """Habits with the customers' names, the slowest first. One query."""
    names = dict(Contact.of(company).filter(pk__in=found).values_list("pk", "name"))
    rows = [(names.get(pk, ""), row) for pk, row in found.items()]
    return sorted(rows, key=lambda one: (-one[1].days_late, one[0]))


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
