"""The lists of open items as tables: the same rows on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.open_items.due import DueGroup, DueList
from accounting.open_items.models import Side
from accounting.open_items.party_account import PartyAccount
from accounting.open_items.queries import Ageing, OpenRow, total
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


def heads() -> list[str]:
    """What stands above the buckets of an aged list."""
    return [_("not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("over 90 days")]


def list_table(rows: Sequence[OpenRow], *, side: Side, on: dt.date, own: str) -> Table:
    """The list of open items on a day."""
    receivables = side == Side.RECEIVABLES
    lines: list[list[Any]] = [
        [r.party, r.document, r.document_date, r.due_date, r.days if r.is_overdue else None, r.currency, r.amount,
         r.open, r.open_base]
        for r in rows
    ]  # fmt: skip
    lines.append([_("Total"), "", None, None, None, own, None, None, total(rows)])
    return table(
        title=_("Open items, debtors") if receivables else _("Open items, creditors"),
        subtitle=swiss_date(on),
        head=[_("Party"), _("Document"), _("Date"), _("Due"), _("Days overdue"), _("Currency"),
              _("Amount"), _("Open amount"), f"{_('Open amount')} {own}"],
        rows=lines, name=f"open-{side}", wide=True, kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def ageing_table(found: Ageing, *, side: Side) -> Table:
    """The aged list of a day."""
    receivables = side == Side.RECEIVABLES
    rows: list[list[Any]] = [
        [row.party, *(one or None for one in row.buckets), row.total] for row in found.rows
    ]
    rows.append([_("Total"), *found.totals, found.total])
    return table(
        title=_("Debtors by age") if receivables else _("Creditors by age"),
        subtitle=swiss_date(found.date),
        head=[_("Party"), *heads(), _("Total")],
        rows=rows, name=f"aged-{side}", wide=True, kinds={len(rows) - 1: "grand"},
    )  # fmt: skip


def due_table(found: DueList, *, side: Side) -> Table:
    """What falls due when, each day or week with its sum and the sum so far."""
    receivables = side == Side.RECEIVABLES
    rows: list[list[Any]] = []
    kinds = {}
    for group in found.groups:
        rows += [
            [row.date, row.item.party, row.item.document, row.item.currency, row.item.open,
             row.amount, row.item.discount_until if row.discount else None,
             row.with_discount if row.discount else None, None]
            for row in group.rows
        ]  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append([due_label(group), "", "", "", None, group.amount, None, group.with_discount,
                     group.running])  # fmt: skip
    kinds[len(rows)] = "grand"
    rows.append([_("Total"), "", "", "", None, found.total, None, found.with_discount,
                 found.total])  # fmt: skip
    return table(
        title=_("Due list, debtors") if receivables else _("Due list, creditors"),
        subtitle=swiss_date(found.date),
        head=[_("Due"), _("Party"), _("Document"), _("Currency"), _("Open amount"), _("Amount"),
              _("Discount until"), _("With discount"), _("Running sum")],
        rows=rows, name=f"due-{side}", wide=True, kinds=kinds,
    )  # fmt: skip


def due_label(group: DueGroup) -> str:
    """What a group of a due list is called."""
    if group.start is None:
        return _("overdue")
    if group.start == group.end:
        return swiss_date(group.start)
    return f"{swiss_date(group.start)}\N{EN DASH}{swiss_date(group.end)}"


def debit_and_credit(amount: Decimal, side: Side, back: Decimal = ZERO) -> tuple[Decimal, Decimal]:
    """An amount in the direction of a side, less ``back``, as it stands in the account."""
    owed, settled = max(amount, ZERO), back + max(-amount, ZERO)
    return (owed, settled) if side == Side.RECEIVABLES else (settled, owed)


def party_table(found: PartyAccount, *, own: str) -> Table:
    """The account of a customer or supplier over a span."""
    receivables = found.side == Side.RECEIVABLES
    rows: list[list[Any]] = [
        [found.start, _("Opening balance"), "", None, None, own, None, None, None, found.opening]
    ]
    for row in found.rows:
        debit, credit = debit_and_credit(row.base, found.side)
        rows.append([row.date, f"{row.label}: {row.text}" if row.text else row.label, row.document, row.due_date,
                     row.number, row.currency, row.amount, debit or None, credit or None,
                     row.balance])  # fmt: skip
    debit, credit = debit_and_credit(found.owed, found.side, found.settled)
    rows.append([found.end, _("Closing balance"), "", None, None, own, None, debit, credit,
                 found.closing])  # fmt: skip
    called = _("Customer account") if receivables else _("Supplier account")
    return table(
        title=f"{called}: {found.contact.number} {found.contact.name}",
        subtitle=f"{swiss_date(found.start)} – {swiss_date(found.end)}",
        head=[_("Date"), _("Text"), _("Document"), _("Due"), _("Entry"), _("Currency"), _("Amount"),
              _("Debit"), _("Credit"), _("Balance")],
        rows=rows, name=f"account-{found.contact.number}", wide=True,
        kinds={0: "position", len(rows) - 1: "grand"},
    )  # fmt: skip
