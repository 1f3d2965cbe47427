"""The lists of open items as tables: the same rows on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounting.open_items.models import Side
from accounting.open_items.queries import Ageing, OpenRow, total
from erp.core.display import swiss_date
from erp.web.export import Table, table


def heads() -> list[str]:
    """What stands above the buckets of an aged list."""
    return [_("not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("over 90 days")]


def list_table(rows: Sequence[OpenRow], *, side: Side, on: dt.date, own: str) -> Table:
    """The list of open items on a day."""
    receivables = side == Side.RECEIVABLES
    lines: list[list[Any]] = [
        [r.party, r.document, r.document_date, r.due_date, max(r.days, 0), r.currency, r.amount,
         r.open, r.open_base]
        for r in rows
    ]  # fmt: skip
    lines.append([_("Total"), "", None, None, None, own, None, None, total(rows)])
    return table(
        title=_("Open items, debtors") if receivables else _("Open items, creditors"),
        subtitle=swiss_date(on),
        head=[_("Party"), _("Document"), _("Date"), _("Due"), _("Days overdue"), _("Currency"),
              _("Amount"), _("Open"), f"{_('Open')} {own}"],
        rows=lines, name=f"open-{side}", wide=True, kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def ageing_table(found: Ageing, *, side: Side) -> Table:
    """The aged list of a day."""
    receivables = side == Side.RECEIVABLES
    rows: list[list[Any]] = [[row.party, *row.buckets, row.total] for row in found.rows]
    rows.append([_("Total"), *found.totals, found.total])
    return table(
        title=_("Debtors by age") if receivables else _("Creditors by age"),
        subtitle=swiss_date(found.date),
        head=[_("Party"), *heads(), _("Total")],
        rows=rows, name=f"aged-{side}", wide=True, kinds={len(rows) - 1: "grand"},
    )  # fmt: skip
