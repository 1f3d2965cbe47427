"""Lines of the ledger that no asset has yet (noch nicht im Register): proposals for the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from erp.companies.models import Company

MOST: Final = 500

# What was there before assets of the account were first taken over is in what was taken over.
_LINES = """
    WITH kept AS (
        SELECT c.account_id, min(m.date) AS since
        FROM accounting_assetcategory c
        LEFT JOIN accounting_assetmovement m ON m.company_id = c.company_id AND m.category_id = c.id
            AND m.kind = 'opening'
        WHERE c.company_id = %(company)s GROUP BY 1
    )
    SELECT e.id, l.position, l.date, e.number, coalesce(nullif(l.text, ''), e.text), e.voucher, a.number,
           l.debit - l.credit - coalesce(r.cost, 0), e.source_key
    FROM kept k
    JOIN accounting_entryline l ON l.company_id = %(company)s AND l.account_id = k.account_id
        AND (k.since IS NULL OR l.date >= k.since) AND l.date <= %(until)s
        AND (%(entry)s::bigint IS NULL OR l.entry_id = %(entry)s)
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    LEFT JOIN LATERAL (
        SELECT sum(m.cost) AS cost FROM accounting_assetmovement m
        WHERE m.company_id = l.company_id AND m.entry_id = l.entry_id AND m.position = l.position
    ) r ON true
    WHERE e.number IS NOT NULL AND e.kind = 'normal' AND e.source <> 'assets'
      AND NOT EXISTS (SELECT 1 FROM accounting_journalentry v
                      WHERE v.company_id = e.company_id AND v.reverses_id = e.id)
      AND NOT EXISTS (
          SELECT 1 FROM accounting_assetmovement p
          WHERE p.company_id = l.company_id AND p.proceeds_entry_id = l.entry_id
            AND p.proceeds_position = l.position
            AND NOT EXISTS (SELECT 1 FROM accounting_assetmovement u
                            WHERE u.company_id = p.company_id AND u.undoes_id = p.id))
      AND l.debit - l.credit <> coalesce(r.cost, 0)
    ORDER BY l.date DESC, e.number DESC, l.position
    LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class FreeLine:
    """A line on an asset account, or what of it no asset has: ``rest``, debit positive."""

    entry: int
    position: int
    date: dt.date
    number: int
    text: str
    voucher: str
    account: str
    rest: Decimal
    source_key: str

    @property
    def key(self) -> str:
        return f"{self.entry}:{self.position}"


def free_lines(company: Company, *, until: dt.date, most: int = MOST) -> list[FreeLine]:
    """Posted lines on accounts of categories that are not wholly in the register; the latest first."""
    return _found(company, until=until, most=most, entry=None)


def free_of_entry(company: Company, entry: int) -> list[FreeLine]:
    """Those lines of one entry."""
    return _found(company, until=dt.date.max, most=MOST, entry=entry)


def _found(company: Company, **told: Any) -> list[FreeLine]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"company": company.pk, **told})
        return [FreeLine(*row) for row in cursor.fetchall()]
