"""What was bought (Lieferantenumsatz): by supplier and month, as the books have it.

A bill is an entry that opened items of creditors. What it cost stands on its lines without tax: expenses, and assets
that are no money. Its reversal counts against it, on its own day. What several suppliers stand behind, such as a
take-over, is shared out by what is owed to each; opening entries do not count.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from accounting.ledger.models.accounts import LIQUID
from accounting.ledger.spans import MonthRow, TurnoverRow, asked, by_months
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes

_BILLS: Final = """
    WITH entries AS (
        SELECT e.id, e.date, coalesce(e.reverses_id, e.id) AS bill, e.reverses_id IS NULL AS is_bill
        FROM accounting_journalentry e
        WHERE e.company_id = %(company)s AND e.number IS NOT NULL AND e.kind <> 'opening'
          AND (e.date BETWEEN %(since)s AND %(until)s OR e.date BETWEEN %(before)s AND %(before_until)s)
    ), parties AS (
        SELECT n.id, n.date, n.is_bill, i.contact_id,
               CASE WHEN i.contact_id IS NULL THEN i.party ELSE '' END AS party, sum(i.base) AS base
        FROM entries n
        JOIN accounting_openitem i ON i.company_id = %(company)s AND i.entry_id = n.bill
        WHERE i.side = 'payables'
          AND NOT EXISTS (SELECT 1 FROM accounting_settlement s WHERE s.company_id = %(company)s
                          AND s.entry_id = n.bill AND s.kind <> 'undo')
        GROUP BY 1, 2, 3, 4, 5
    ), bills AS (
        SELECT p.*, CASE WHEN count(*) OVER w = 1 THEN 1
                         ELSE coalesce(p.base / nullif(sum(p.base) OVER w, 0), 0) END AS share
        FROM parties p WINDOW w AS (PARTITION BY p.id)
    ), lines AS (
        SELECT b.date, b.contact_id, b.party, b.share * (l.debit - l.credit) AS amount,
               CASE WHEN b.is_bill THEN b.id END AS bill
        FROM bills b
        JOIN accounting_entryline l ON l.company_id = %(company)s AND l.entry_id = b.id
        JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
        WHERE l.vat_part <> 'T' AND a.control = '' AND a.purpose NOT LIKE 'input_tax%%'
          AND (a.type = 'expense' OR (a.type = 'asset' AND a.or_position <> %(cash)s))
    )
"""
_BY_SUPPLIER: Final = f"""
    {_BILLS}
    SELECT l.contact_id, coalesce(max(c.name), l.party),
           sum(l.amount) FILTER (WHERE l.date >= %(since)s),
           sum(l.amount) FILTER (WHERE l.date < %(since)s),
           count(DISTINCT l.bill) FILTER (WHERE l.date >= %(since)s)
    FROM lines l
    LEFT JOIN contacts_contact c ON c.company_id = %(company)s AND c.id = l.contact_id
    GROUP BY l.contact_id, l.party
"""  # noqa: S608 - only fixed text is put in
_BY_MONTH: Final = f"""
    {_BILLS}
    SELECT date_trunc('month', l.date)::date, sum(l.amount) FROM lines l GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - only fixed text is put in


def by_supplier(company: Company, since: dt.date, until: dt.date) -> list[TurnoverRow]:
    """What was bought of each supplier without VAT, the largest first; one query."""
    found = [
        TurnoverRow(pk, "", name, to_centimes(amount or ZERO), to_centimes(before or ZERO),
                    Decimal(count))
        for pk, name, amount, before, count in asked(_BY_SUPPLIER, company, since, until, cash=LIQUID)
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.amount, -row.before, row.name, row.key or 0))


def by_month(company: Company, since: dt.date, until: dt.date) -> list[MonthRow]:
    """What was bought in each month of a span, beside the month a year before; one query."""
    rows = asked(_BY_MONTH, company, since, until, cash=LIQUID)
    return by_months({month: to_centimes(amount) for month, amount in rows}, since, until)
