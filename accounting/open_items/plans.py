"""What settlements are planned in (Ausgleichspläne): parts of items, money, and the lines that come of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from accounting.ledger.lines import Line
from accounting.ledger.models import Account
from accounting.open_items.models import OpenItem, Side
from accounting.open_items.opening import Party
from erp.companies.models import Company
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes of one item: amounts in its currency, with the sign of what is open of it."""

    item: OpenItem
    paid: Decimal = ZERO
    discount: Decimal = ZERO
    write_off: Decimal = ZERO

    @property
    def whole(self) -> Decimal:
        return self.paid + self.discount + self.write_off


@dataclass(frozen=True, slots=True)
class Money:
    """What was paid, in the direction of the side: from customers to us, from us to suppliers.

    Paid back the other way it is negative. ``amount`` is in the items' currency, ``base`` the same
    in the company's. Left out it is the amount, or in another currency what the official rate of
    the day makes of it on an account kept in that currency.
    """

    account: Account
    amount: Decimal
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """Money whose worth in the books is known."""

    account: Account
    amount: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line to be posted, and why."""

    line: Line
    why: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A settlement to be written, on the line at ``position``."""

    item: OpenItem
    kind: str
    amount: Decimal
    base: Decimal
    position: int


@dataclass(frozen=True, slots=True)
class PlannedCredit:
    """What was paid beyond the items: it becomes an item of its own."""

    amount: Decimal
    base: Decimal
    position: int


@dataclass
class Plan:
    """All that a settlement does: entry lines with their reasons, settlements, and a credit."""

    company: Company
    date: dt.date
    side: Side
    currency: str
    account: Account
    party: Party | None
    lines: list[PlannedLine] = field(default_factory=list)
    rows: list[PlannedRow] = field(default_factory=list)
    credit: PlannedCredit | None = None

    def left_of(self, item: OpenItem) -> Decimal:
        """What stays open of an item."""
        settled = sum((row.amount for row in self.rows if row.item.pk == item.pk), ZERO)
        return item.open_amount - settled
