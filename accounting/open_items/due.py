"""What falls due when (Fälligkeitsliste): by day or week, with the discounts that may still be had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.open_items.models import Side
from accounting.open_items.planning import discount_of
from accounting.open_items.queries import OpenRow, open_on
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes

WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DueRow:
    """An item and what it takes to settle it; amounts in the company's currency.

    ``discount`` is what may still be taken off on the list's day; ``date`` is when it is due.
    """

    item: OpenRow
    discount: Decimal

    @property
    def date(self) -> dt.date:
        return self.item.due_date

    @property
    def amount(self) -> Decimal:
        return self.item.open_base

    @property
    def with_discount(self) -> Decimal:
        return self.amount - self.discount


@dataclass(frozen=True)
class DueGroup:
    """What falls due on a day or in a week (``start`` to ``end``); ``running`` is all until then.

    What was due before the list's day is one group without a ``start``.
    """

    start: dt.date | None
    end: dt.date
    rows: list[DueRow]
    running: Decimal

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)

    @property
    def with_discount(self) -> Decimal:
        return sum((row.with_discount for row in self.rows), ZERO)


@dataclass(frozen=True)
class DueList:
    """All that is open on a day by when it falls due."""

    date: dt.date
    groups: list[DueGroup]

    @property
    def total(self) -> Decimal:
        return self.groups[-1].running if self.groups else ZERO

    @property
    def with_discount(self) -> Decimal:
        return sum((group.with_discount for group in self.groups), ZERO)


def due_list(company: Company, date: dt.date, side: Side, *, weekly: bool = False) -> DueList:
    """What is open of a side on a day, by due day or week (from Monday); one query."""
    found: dict[tuple[dt.date | None, dt.date], list[DueRow]] = {}
    for item in open_on(company, date, side):
        row = DueRow(item, discount_left(item, date))
        found.setdefault(_place(item.due_date, date, weekly), []).append(row)
    groups, running = [], ZERO
    for (start, end), rows in found.items():  # the rows come by their due dates
        running += sum((row.amount for row in rows), ZERO)
        groups.append(DueGroup(start, end, rows, running))
    return DueList(date, groups)


def discount_left(item: OpenRow, date: dt.date) -> Decimal:
    """The discount that may be taken off on a day, in the company's currency."""
    discount = discount_of(item, date)
    if not discount or not item.open:
        return ZERO
    return to_centimes(discount * item.open_base / item.open)


def _place(due: dt.date, date: dt.date, weekly: bool) -> tuple[dt.date | None, dt.date]:
    if due < date:
        return None, date - dt.timedelta(days=1)
    if not weekly:
        return due, due
    monday = due - dt.timedelta(days=due.weekday())
    return monday, monday + WEEK - dt.timedelta(days=1)
