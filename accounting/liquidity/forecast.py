"""The liquidity forecast as values: money that comes and goes, by week or month, and the lowest point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from erp.core.money import ZERO
from erp.reference.queries import Rate


class Kind(TextChoices):
    """Where an expected payment is known from."""

    RECEIVABLE = "receivable", _("Open debtors")
    PAYABLE = "payable", _("Open creditors")
    INVOICE = "invoice", _("Recurring invoices")
    PURCHASE = "purchase", _("Recurring suppliers' invoices")
    ENTRY = "entry", _("Recurring entries")
    PLANNED = "planned", _("Planned payments")


class Step(TextChoices):
    WEEK = "week", _("by week")
    MONTH = "month", _("by month")


@dataclass(frozen=True, slots=True)
class Holding:
    """What a money account holds: in its currency, and what that is worth in the company's."""

    number: str
    name: str
    currency: str
    amount: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that is expected on ``date``: in positive, out negative.

    ``amount`` is in ``currency``, ``base`` in the company's. ``due`` is the day that was agreed;
    ``key`` is the id of what it comes from.
    """

    date: dt.date
    due: dt.date
    kind: str
    text: str
    currency: str
    amount: Decimal
    base: Decimal
    key: int

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def is_moved(self) -> bool:
        """Whether it is expected on another day than was agreed."""
        return self.date != self.due


@dataclass(frozen=True)
class Column:
    """A week or month: what comes and goes in it, and the balance at its end.

    ``low`` is the lowest balance at the end of any of its days.
    """

    start: dt.date
    end: dt.date
    flows: list[Flow]
    opening: Decimal
    low: Decimal
    low_date: dt.date

    @property
    def inflow(self) -> Decimal:
        return sum((flow.base for flow in self.flows if flow.base > 0), ZERO)

    @property
    def outflow(self) -> Decimal:
        return sum((flow.base for flow in self.flows if flow.base < 0), ZERO)

    @property
    def change(self) -> Decimal:
        return self.inflow + self.outflow

    @property
    def closing(self) -> Decimal:
        return self.opening + self.change

    def of(self, kind: str) -> Decimal:
        """What is expected of one kind."""
        return sum((flow.base for flow in self.flows if flow.kind == kind), ZERO)

    @property
    def by_kind(self) -> list[Decimal]:
        return [self.of(kind) for kind in Kind]


@dataclass(frozen=True)
class Forecast:
    """All that is expected from ``on`` until ``until``, in the company's currency.

    ``rates`` are those that foreign money was converted with; ``without_rate`` are currencies that
    had none, and stand as in the books, or are left out where the books know nothing of them.
    ``warnings`` name what could not be reckoned.
    """

    on: dt.date
    until: dt.date
    step: str
    holdings: list[Holding]
    columns: list[Column]
    rates: list[Rate]
    without_rate: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def opening(self) -> Decimal:
        return sum((one.base for one in self.holdings), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.columns[-1].closing if self.columns else self.opening

    @property
    def lowest(self) -> Column | None:
        """The column with the lowest balance of all days, the earliest of several."""
        return min(self.columns, key=lambda column: column.low, default=None)

    @property
    def totals(self) -> list[Decimal]:
        """What is expected of each kind, in all."""
        return [sum((column.of(kind) for column in self.columns), ZERO) for kind in Kind]


def columns(
    flows: Sequence[Flow], opening: Decimal, *, on: dt.date, until: dt.date, step: str
) -> list[Column]:
    """Flows by week (from Monday) or month, with the balance running; the first begins on ``on``."""
    ordered = sorted((flow for flow in flows if on <= flow.date <= until),
                     key=lambda flow: (flow.date, flow.kind, flow.key))  # fmt: skip
    found: list[Column] = []
    balance, start, at = opening, on, 0
    while start <= until:
        end = min(_end(start, step), until)
        mine: list[Flow] = []
        low, low_date, running = balance, start, balance
        while at < len(ordered) and ordered[at].date <= end:
            day = ordered[at].date
            while at < len(ordered) and ordered[at].date == day:
                mine.append(ordered[at])
                running += ordered[at].base
                at += 1
            if running < low:
                low, low_date = running, day
        found.append(Column(start, end, mine, balance, low, low_date))
        balance, start = running, end + dt.timedelta(days=1)
    return found


def _end(start: dt.date, step: str) -> dt.date:
    """The last day of the week or month that a day lies in."""
    if step == Step.WEEK:
        return start + dt.timedelta(days=6 - start.weekday())
    return (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
