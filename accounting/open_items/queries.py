"""What is open on a day (offene Posten per Stichtag), by item and by party.

As of any day: items opened by then and not settled by then, less the settlements until then. What
was settled long ago is not read: the cost follows what is open, not the history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import Party
from erp.companies.models import Company
from erp.core.money import ZERO, rounded_to

ONE: Final = Decimal(1)
#: The last day overdue of each bucket; what is not due comes before, what is older after.
BUCKETS: Final = (30, 60, 90)
MOST_OF_A_PARTY: Final = 200  # items that are shown when a payment is recorded

_COLUMNS = (
    "i.id, i.account_id, i.contact_id, i.party, i.document, i.document_date, i.reference,"
    " i.due_date, i.currency, i.amount, i.base"
)
# Two halves, each with an index of its own: what is open today, and what was settled since.
_OPEN_ON = f"""
    SELECT {_COLUMNS}, i.amount - coalesce(s.amount, 0), i.base - coalesce(s.base, 0),
           %(on)s::date - i.due_date, i.discount_percent, i.discount_until
    FROM (
        SELECT * FROM accounting_openitem
        WHERE company_id = %(company)s AND side = %(side)s AND settled_on IS NULL
          AND opened_on <= %(on)s {{more}}
        UNION ALL
        SELECT * FROM accounting_openitem
        WHERE company_id = %(company)s AND side = %(side)s AND settled_on > %(on)s
          AND opened_on <= %(on)s {{more}}
    ) AS i
    LEFT JOIN LATERAL (
        SELECT sum(t.amount) AS amount, sum(t.base) AS base FROM accounting_settlement t
        WHERE t.company_id = i.company_id AND t.item_id = i.id AND t.date <= %(on)s
    ) AS s ON true
    WHERE i.amount <> coalesce(s.amount, 0)
    ORDER BY i.due_date, i.id
"""  # noqa: S608 - only fixed text is put in


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An item as it stood on a day. ``open`` is in its currency, ``open_base`` in the company's."""

    id: int
    account: int
    contact: int | None
    party: str
    document: str
    document_date: dt.date
    reference: str
    due_date: dt.date
    currency: str
    amount: Decimal
    base: Decimal
    open: Decimal
    open_base: Decimal
    days: int
    discount_percent: Decimal | None = None
    discount_until: dt.date | None = None

    @property
    def open_amount(self) -> Decimal:
        """What is open, as those ask for it who reckon a discount."""
        return self.open

    @property
    def is_overdue(self) -> bool:
        return self.days > 0


def open_on(
    company: Company,
    date: dt.date,
    side: Side,
    *,
    party: str = "",
    contact: int | None = None,
    overdue: bool = False,
) -> list[OpenRow]:
    """The items of a side that were open on a day, the earliest due first; one query.

    ``party`` is a part of the name, ``contact`` a contact's id; ``overdue`` leaves out what was not due.
    """
    more = ""
    if party:
        more += " AND position(lower(%(party)s) IN lower(party)) > 0"
    if contact is not None:
        more += " AND contact_id = %(contact)s"
    if overdue:
        more += " AND due_date < %(on)s"
    told: dict[str, Any] = {
        "company": company.pk, "side": str(side), "on": date, "party": party, "contact": contact,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ON.format(more=more), told)
        return [OpenRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """What a party owes, by how long it has been due; in the company's currency."""

    party: str
    contact: int | None
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.total - self.buckets[0]


@dataclass(frozen=True, slots=True)
class Ageing:
    """The aged list of a day: not due, up to 30, 60 and 90 days, and older."""

    date: dt.date
    rows: list[AgeingRow]

    @property
    def totals(self) -> tuple[Decimal, ...]:
        columns = zip(*(row.buckets for row in self.rows), strict=True)
        return tuple(sum(c, ZERO) for c in columns) or (ZERO,) * (len(BUCKETS) + 2)

    @property
    def total(self) -> Decimal:
        return sum(self.totals, ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.total - self.totals[0]

    @property
    def shares(self) -> list[int]:
        """What part of all each age is, in whole percent; of nothing, nothing."""
        return [int(rounded_to(100 * one / self.total, ONE)) if self.total else 0
                for one in self.totals]  # fmt: skip

    @property
    def overdue_share(self) -> int:
        return int(rounded_to(100 * self.overdue / self.total, ONE)) if self.total else 0


def ageing(company: Company, date: dt.date, side: Side) -> Ageing:
    """What each party owed on a day, by age; by name. One query."""
    found: dict[tuple[int | None, str], list[Decimal]] = {}
    names: dict[tuple[int | None, str], str] = {}
    for row in open_on(company, date, side):
        key = (row.contact, "") if row.contact is not None else (None, row.party)
        names[key] = row.party  # a contact is called as it was last
        sums = found.setdefault(key, [ZERO] * (len(BUCKETS) + 2))
        sums[bucket_of(row.days)] += row.open_base
    rows = [AgeingRow(names[key], key[0], tuple(sums)) for key, sums in found.items()]
    return Ageing(date, sorted(rows, key=lambda row: (row.party.casefold(), row.contact or 0)))


def bucket_of(days: int) -> int:
    """The place of what has been due for so many days: 0 is not due yet."""
    return 0 if days <= 0 else 1 + sum(days > last for last in BUCKETS)


def total(rows: Iterable[OpenRow]) -> Decimal:
    """What is open of all rows, in the company's currency."""
    return sum((row.open_base for row in rows), ZERO)


def items_of(company: Company) -> QuerySet[OpenItem]:
    """Items with what their page shows."""
    return OpenItem.of(company).select_related("account", "entry", "company")


def settlements_of(item: OpenItem) -> QuerySet[Settlement]:
    """What became of an item, in order, each with its entry and whether it was undone."""
    rows = Settlement.of(item.company_id).filter(item=item)
    return (
        rows.select_related("entry", "created_by")
        .prefetch_related("undone_by")
        .order_by("date", "pk")
    )


def open_of_party(item: OpenItem) -> list[OpenItem]:
    """The other items of the same party, side and currency that are open: to be netted with it."""
    rows = OpenItem.of(item.company_id).filter(
        side=item.side, settled_on=None, currency=item.currency
    )
    mine = (
        {"contact_id": item.contact_id}
        if item.contact_id
        else {"party": item.party, "contact_id": None}
    )
    return list(rows.filter(**mine).exclude(pk=item.pk).order_by("due_date", "pk"))


def open_of(company: Company, side: Side, *, party: Party, currency: str) -> list[OpenItem]:
    """What a party owes, or is owed, in a currency: the items that are open, the oldest first."""
    rows = _of_party(company, side, party).filter(currency=currency)
    return list(rows.select_related("account").order_by("due_date", "pk")[:MOST_OF_A_PARTY])


def currencies_of(company: Company, side: Side, *, party: Party) -> list[str]:
    """The currencies in which something of a party is open."""
    rows = _of_party(company, side, party).order_by("currency")
    return list(rows.values_list("currency", flat=True).distinct())


def _of_party(company: Company, side: Side, party: Party) -> QuerySet[OpenItem]:
    rows = OpenItem.of(company).filter(side=side, settled_on=None)
    if party.contact is not None:
        return rows.filter(contact_id=party.contact)
    return rows.filter(party=party.name, contact=None)
