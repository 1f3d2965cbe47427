"""The account of a customer or supplier (Kundenkonto, Lieferantenkonto): all that was owed and settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from accounting.ledger.queries import year_of
from accounting.open_items.models import OpenItem, Settlement, Side
from contacts.models import Contact
from erp.companies.models import Company
from erp.core import clock
from erp.core.money import ZERO

MOST: Final = 5_000  # rows of an account that are shown
#: What a row is that opens an item; the others are kinds of settlements.
ITEM: Final = "item"

# In the direction of the side: what is owed is positive, what settles it negative.
_MOVES = """
    WITH items AS (
        SELECT i.id, i.entry_id, i.opened_on, i.document, i.text, i.due_date, i.currency, i.amount,
               i.base, i.reference
        FROM accounting_openitem i
        WHERE i.company_id = %(company)s AND i.contact_id = %(contact)s AND i.side = %(side)s
          AND i.opened_on <= %(until)s
    ), moves AS (
        SELECT i.opened_on AS date, i.entry_id, 0 AS rank, i.id AS nth, 'item' AS kind, i.id AS item,
               i.document, i.text, i.due_date, i.currency, i.amount, i.base
        FROM items i
        UNION ALL
        SELECT s.date, s.entry_id, 1, s.id, s.kind, i.id, i.document, '', NULL, i.currency,
               -s.amount, -s.base
        FROM items i JOIN accounting_settlement s ON s.company_id = %(company)s AND s.item_id = i.id
        WHERE s.date <= %(until)s
    )
"""
_ROWS = f"""
    {_MOVES}
    SELECT m.date, m.kind, m.item, m.document, m.text, m.due_date, e.id, e.number, m.currency,
           m.amount, m.base,
           sum(m.base) OVER (ORDER BY m.date, e.number, m.rank, m.nth)
    FROM moves m JOIN accounting_journalentry e ON e.company_id = %(company)s AND e.id = m.entry_id
    WHERE m.date >= %(since)s
    ORDER BY m.date, e.number, m.rank, m.nth LIMIT %(most)s
"""  # noqa: S608 - only fixed text is put in
_SUMS = f"""
    {_MOVES}
    SELECT m.currency, coalesce(sum(m.amount) FILTER (WHERE m.date < %(since)s), 0), sum(m.amount),
           coalesce(sum(m.base) FILTER (WHERE m.date < %(since)s), 0), sum(m.base),
           coalesce(sum(m.base) FILTER (WHERE m.date >= %(since)s AND m.base > 0), 0),
           coalesce(sum(m.base) FILTER (WHERE m.date >= %(since)s AND m.base < 0), 0)
    FROM moves m GROUP BY m.currency ORDER BY m.currency
"""  # noqa: S608 - only fixed text is put in


@dataclass(frozen=True, slots=True)
class Movement:
    """Something that was owed, or that settled it; positive in the direction of the side.

    ``amount`` is in ``currency``, ``base`` and ``balance`` in the company's. ``kind`` is ``ITEM`` or
    that of a settlement, ``item`` the item it is about.
    """

    date: dt.date
    kind: str
    item: int
    document: str
    text: str
    due_date: dt.date | None
    entry: int
    number: int
    currency: str
    amount: Decimal
    base: Decimal
    balance: Decimal

    @property
    def opens(self) -> bool:
        return self.kind == ITEM

    @property
    def label(self) -> str:
        """What it is, in words."""
        if self.opens:
            return str(_("Credit balance") if self.base < 0 else _("Invoice"))
        return str(Settlement.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What was owed in a currency at the start and at the end."""

    currency: str
    opening: Decimal
    closing: Decimal


@dataclass(frozen=True)
class PartyAccount:
    """An account over a span; amounts in the company's currency, in the direction of the side.

    ``owed`` is what came to be owed, ``settled`` what no longer is. ``currencies`` has the balances
    in each currency. Of a long one the first ``MOST`` rows are there; the sums are of all.
    """

    contact: Contact
    side: Side
    start: dt.date
    end: dt.date
    rows: list[Movement]
    opening: Decimal
    closing: Decimal
    owed: Decimal
    settled: Decimal
    currencies: list[InCurrency]
    complete: bool


def party_account(contact: Contact, side: Side, *, start: dt.date, end: dt.date) -> PartyAccount:
    """All items and settlements of a contact in a span, with a running balance; two queries."""
    told: dict[str, Any] = {
        "company": contact.company_id, "contact": contact.pk, "side": str(side), "since": start,
        "until": end, "most": MOST + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, told)
        sums = cursor.fetchall()
        cursor.execute(_ROWS, told)
        found = cursor.fetchall()
    opening, closing, owed, settled = (
        sum((row[nth] for row in sums), ZERO) for nth in (3, 4, 5, 6)
    )  # fmt: skip
    rows = [Movement(*(*row[:-1], opening + row[-1])) for row in found[:MOST]]
    return PartyAccount(
        contact=contact, side=side, start=start, end=end, rows=rows, opening=opening,
        closing=closing, owed=owed, settled=-settled, complete=len(found) <= MOST,
        currencies=[InCurrency(code, before, after) for code, before, after, *_rest in sums],
    )  # fmt: skip


def sides_of(contact: Contact) -> list[Side]:
    """On which sides anything was ever owed by a contact or to it."""
    found = set(OpenItem.of(contact.company_id).filter(contact=contact).order_by()
                .values_list("side", flat=True).distinct())  # fmt: skip
    return [side for side in Side if side in found]


def usual_span(
    company: Company, start: dt.date | None, end: dt.date | None
) -> tuple[dt.date, dt.date]:
    """A span as it was asked for; what was left out is the fiscal year so far."""
    until = end or clock.today()
    year = year_of(company, until)
    since = start or (year.start if year else until.replace(month=1, day=1))
    return min(since, until), until
