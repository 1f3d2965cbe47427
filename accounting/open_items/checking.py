"""Whether items and control accounts agree (Abstimmung), and what keeps it so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import Q

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.queries import year_of
from accounting.ledger.verifying import Break
from accounting.open_items.errors import CarriesItems
from accounting.open_items.models import OpenItem, Settlement, Side
from erp.companies.models import Company
from erp.core import clock
from erp.core.money import ZERO

ITEMS: Final = "open items"

# Items whose kept balance is not what their settlements leave.
_WRONG_ITEMS = """
    SELECT i.id, i.document FROM accounting_openitem i
    LEFT JOIN (SELECT item_id, sum(amount) AS amount, sum(base) AS base, max(date) AS last
               FROM accounting_settlement WHERE company_id = %(company)s GROUP BY item_id) AS s
        ON s.item_id = i.id
    WHERE i.company_id = %(company)s
      AND (i.open_amount <> i.amount - coalesce(s.amount, 0)
           OR i.open_base <> i.base - coalesce(s.base, 0)
           OR i.settled_on IS DISTINCT FROM CASE WHEN i.amount = s.amount THEN s.last END)
    LIMIT 20
"""
# Lines that items stand on and do not come to.
_WRONG_LINES = """
    SELECT e.number, l.position FROM (
        SELECT entry_id, position, sum(base) AS base FROM (
            SELECT i.entry_id, i.position, CASE i.side WHEN 'payables' THEN -i.base ELSE i.base END AS base
            FROM accounting_openitem i WHERE i.company_id = %(company)s
            UNION ALL
            SELECT s.entry_id, s.position, CASE i.side WHEN 'payables' THEN s.base ELSE -s.base END
            FROM accounting_settlement s
            JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id
            WHERE s.company_id = %(company)s
        ) AS told GROUP BY entry_id, position
    ) AS t
    JOIN accounting_journalentry e ON e.company_id = %(company)s AND e.id = t.entry_id
    LEFT JOIN accounting_entryline l ON l.company_id = %(company)s
        AND l.entry_id = t.entry_id AND l.position = t.position
    WHERE l.id IS NULL OR l.debit - l.credit <> t.base
    LIMIT 20
"""
# What items say their control accounts hold on a day, debit positive.
_HELD = """
    SELECT account_id, sum(base) FROM (
        SELECT i.account_id, CASE i.side WHEN 'payables' THEN -1 ELSE 1 END
               * (i.base - coalesce((SELECT sum(s.base) FROM accounting_settlement s
                                     WHERE s.company_id = i.company_id AND s.item_id = i.id
                                       AND s.date <= %(on)s), 0)) AS base
        FROM accounting_openitem i
        WHERE i.company_id = %(company)s AND i.side = ANY (%(sides)s) AND i.opened_on <= %(on)s
          AND (i.settled_on IS NULL OR i.settled_on > %(on)s)
    ) AS held GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A control account beside its items on a day; amounts in the company's currency, debit positive."""

    account: Account
    ledger: Decimal
    items: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.items


def comparison(company: Company, on: dt.date) -> list[Difference]:
    """Each control account of debtors and creditors beside its items on a day; three queries."""
    year = year_of(company, on)
    accounts = list(Account.of(company).filter(control__in=Side.values).order_by("number"))
    sums = account_sums(company, year=year, until=min(on, year.end)) if year else {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"company": company.pk, "on": on, "sides": Side.values})
        held = dict(cursor.fetchall())
    return [
        Difference(a, sums[a.pk].closing if a.pk in sums else ZERO, held.get(a.pk, ZERO))
        for a in accounts
    ]


def differences(company: Company, on: dt.date) -> list[Difference]:
    """The control accounts that their items do not come to. Empty when all is well.

    What was posted by hand, before the company kept open items, shows up here; take it over
    (``taking_over.take_over``), or reverse it.
    """
    return [found for found in comparison(company, on) if found.difference]


def proof(company: Company) -> Iterator[Break]:
    """What ``verify_ledger`` adds: items against settlements and lines, and control accounts.

    A control account counts where its module is on; otherwise it is posted to by hand.
    """
    told = {"company": company.pk}
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_ITEMS, told)
        wrong = cursor.fetchall()
        cursor.execute(_WRONG_LINES, told)
        lines = cursor.fetchall()
    for pk, document in wrong:
        yield Break(ITEMS, None, f"item {document or pk} differs from its settlements")
    for number, position in lines:
        yield Break(ITEMS, number, f"line {position} differs from the items on it")
    if any(company.uses(side) for side in Side.values):
        for found in differences(company, clock.today()):
            if company.uses(found.account.control):
                yield Break(ITEMS, None, f"account {found.account.number} holds {found.ledger}, "
                            f"its items {found.items}")  # fmt: skip


def require_no_items(entry: JournalEntry, owner: str) -> None:
    """Asked before an entry is reversed: one with items is undone here. Raises ``CarriesItems``."""
    if owner in {JournalEntry.Source.ITEMS, JournalEntry.Source.BANK}:
        return  # they settle with the items in the same transaction
    here = Q(entry=entry)
    if (
        OpenItem.of(entry.company_id).filter(here).exists()
        or Settlement.of(entry.company_id).filter(here).exists()
    ):
        raise CarriesItems(number=entry.number)
