"""A valuation as a table: the same figures on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounting.valuation.leaving import LeftOut
from accounting.valuation.models import Gains
from accounting.valuation.rates import UsedRate
from accounting.valuation.reckoning import PositionRow, Subtotal
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


def valuation_table(
    date: dt.date, *, gains: str, rates: Sequence[UsedRate], subtotals: Sequence[Subtotal],
    rows: Sequence[PositionRow], left_out: Sequence[LeftOut], own: str,
) -> Table:  # fmt: skip
    """Each position with its rate, book value, value and difference, summed by account and currency.

    Below the total stands what is not valued, with the reason.
    """
    by_currency = {one.currency: one for one in rates}
    sums = {(one.account.pk, one.currency): one for one in subtotals}
    body: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for key, members in groupby(rows, key=lambda row: (row.account.pk, row.currency)):
        for row in members:
            body.append(_position(row, by_currency))
        one = sums[key]
        if not one.by_item:
            continue  # the account is its only position
        kinds[len(body)] = "total"
        body.append([one.account.number, one.account.name, "", None, one.currency, one.amount, "",
                     one.book, one.value, one.difference])  # fmt: skip
    kinds[len(body)] = "grand"
    books, value = _sum(one.book for one in subtotals), _sum(one.value for one in subtotals)
    body.append(["", _("Total"), "", None, own, None, "", books, value, value - books])
    for kept in left_out:
        told_of = f"{kept.name} – {_('not valued')}: {kept.reason}"
        body.append(
            [kept.number, told_of, "", None, kept.currency, kept.amount, "", kept.book, None, None]
        )
    return table(
        title=_("Valuation of foreign currencies"), subtitle=told(date, gains, rates),
        head=[_("Account"), _("Party"), _("Document"), _("Due"), _("Currency"), _("In currency"),
              _("Exchange rate"), _("In the books"), _("Value"), _("Difference")],
        rows=body, name=f"valuation-{date}", wide=True, kinds=kinds,
    )  # fmt: skip


def told(date: dt.date, gains: str, rates: Sequence[UsedRate]) -> str:
    """The day, each rate with its source, and what becomes of gains."""
    used = [
        f"1 {one.currency} = {one.shown} ({one.source_name}"
        + (f", {swiss_date(one.published)})" if one.published else ")")
        for one in rates
    ]
    rule = _("Unrealised gains: %s") % Gains(gains).label
    return " · ".join([_("as of %s") % swiss_date(date), *used, rule])


def _position(row: PositionRow, rates: Mapping[str, UsedRate]) -> list[Any]:
    rate = rates.get(row.currency)
    return [row.account.number, row.party or row.account.name, row.document or "", row.due_date,
            row.currency, row.amount, rate.shown if rate and row.amount else "", row.book,
            row.value, row.difference]  # fmt: skip


def _sum(amounts: Any) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
