"""A cash book as a table: the same rows on paper, in workbooks and as CSV (GeBüV: to be handed over)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounting.cash.models import CashCount
from accounting.cash.queries import BookPage, Sum
from erp.core.display import swiss_date
from erp.web.export import Table, table


def book_table(found: BookPage) -> Table:
    """The rows of a span between its opening and closing balance, with lines to sign on."""
    rows: list[list[Any]] = [
        [found.start, "", None, _("Opening balance"), "", "", None, None, found.opening]
    ]
    rows += [
        [row.date, row.voucher, row.number, row.text, row.contra, row.vat_code,
         row.receipt or None, row.payment or None, row.balance]
        for row in found.rows
    ]  # fmt: skip
    rows.append([found.end, "", None, _("Closing balance"), "", "", found.receipts, found.payments,
                 found.closing])  # fmt: skip
    return table(
        title=f"{_('Cash book')} {found.book.name}", subtitle=_span(found),
        head=[_("Date"), _("Voucher"), _("Entry"), _("Text"), _("Contra"), _("VAT"), pgettext("cash book", "Receipt"),
              pgettext("cash book", "Payment"), _("Balance")],
        rows=rows, name=f"cash-{found.book.account.number}", wide=True,
        kinds={0: "position", len(rows) - 1: "grand"},
        currency=found.book.currency,
        signatures=[_("Kept by: place, date, signature"), _("Checked by: place, date, signature")],
    )  # fmt: skip


def sums_table(found: BookPage, sums: list[Sum], *, monthly: bool) -> Table:
    """Receipts and payments of each day or month, with the balance at its end."""
    rows: list[list[Any]] = [[found.start, None, None, found.opening]]
    rows += [
        [f"{one.start:%m.%Y}" if monthly else one.start, one.receipts, one.payments, one.balance]
        for one in sums
    ]
    rows.append([_("Total"), found.receipts, found.payments, found.closing])
    return table(
        title=f"{_('Cash book')} {found.book.name}", subtitle=_span(found),
        head=[_("Month") if monthly else _("Day"), pgettext("cash book", "Receipts"),
              pgettext("cash book", "Payments"), _("Balance")],
        rows=rows, name=f"cash-{found.book.account.number}",
        kinds={0: "position", len(rows) - 1: "grand"}, currency=found.book.currency,
    )  # fmt: skip


def count_table(count: CashCount) -> Table:
    """The record of a count (Kassensturzprotokoll): piece by piece, beside the book."""
    rows: list[list[Any]] = [
        [Decimal(value), pieces, Decimal(value) * pieces] for value, pieces in count.pieces.items()
    ]
    kinds = {}
    for label, amount in ((_("Counted"), count.counted), (_("In the book"), count.expected),
                          (_("Difference"), count.difference)):  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append([label, None, amount])
    return table(
        title=f"{_('Cash count')} {count.book.name}",
        subtitle=f"{swiss_date(count.date)} · {count.created_by}",
        head=[_("Note or coin"), _("Pieces"), _("Amount")], rows=rows,
        name=f"cash-count-{count.date:%Y-%m-%d}", kinds=kinds, currency=count.book.currency,
        signatures=[_("Counted by: place, date, signature"),
                    _("Checked by: place, date, signature")],
    )  # fmt: skip


def _span(found: BookPage) -> str:
    account = found.book.account
    return f"{account.number} {account.name} · {swiss_date(found.start)}\N{EN DASH}{swiss_date(found.end)}"
