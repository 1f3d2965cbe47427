"""The VAT journal (MWST-Journal): consideration and tax as they stand on the ledger's lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.ledger.models.accounts import Purpose
from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.models import CodeKind

SALES: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER)
PURCHASES: Final = (CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION, CodeKind.CORRECTION)
INPUT_TAX: Final = (Purpose.INPUT_TAX_MATERIAL, Purpose.INPUT_TAX_INVESTMENT)

_JOURNAL: Final = """
    SELECT e.id, e.date, e.number, e.voucher, e.text, c.code, l.vat_rate, l.supply_date,
           %(way)s * coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B'), 0),
           %(way)s * coalesce(sum(l.debit - l.credit) FILTER (WHERE l.vat_part = 'T' {only}), 0)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    WHERE l.company_id = %(company)s AND l.date BETWEEN %(since)s AND %(until)s
      AND e.number IS NOT NULL AND c.kind = ANY (%(kinds)s)
    GROUP BY e.id, e.date, e.number, e.voucher, e.text, c.code, l.vat_rate, l.supply_date
    ORDER BY e.date, e.number, c.code, l.vat_rate DESC, l.supply_date
"""
_BESIDE: Final = """
    SELECT a.number, a.name_de, a.name_fr, a.name_it, a.name_en,
           coalesce(sum(l.debit - l.credit) FILTER (WHERE l.vat_part = 'T' AND c.kind = ANY (%(kinds)s)), 0),
           coalesce(sum(l.debit - l.credit), 0)
    FROM accounting_account a
    LEFT JOIN accounting_entryline l ON l.company_id = a.company_id AND l.account_id = a.id
         AND l.date BETWEEN %(since)s AND %(until)s
         AND EXISTS (SELECT 1 FROM accounting_journalentry e WHERE e.company_id = l.company_id
                     AND e.id = l.entry_id AND e.number IS NOT NULL AND e.kind <> 'opening')
    LEFT JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    WHERE a.company_id = %(company)s AND a.purpose = ANY (%(purposes)s)
    GROUP BY a.id, a.number, a.name_de, a.name_fr, a.name_it, a.name_en ORDER BY a.number
"""


@dataclass(frozen=True, slots=True)
class VatRow:
    """Consideration and tax of an entry under one code, rate and day of supply.

    Positive as usual: turnover of sales, tax to deduct of purchases.
    """

    entry: int
    date: dt.date
    number: int
    voucher: str
    text: str
    code: str
    rate: Decimal
    supply_date: dt.date
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def sales_journal(company: Company, since: dt.date, until: dt.date) -> list[VatRow]:
    """Every posted line of sales with a VAT code, by entry and rate; one query.

    Discounts, write-offs and what was booked by hand are there, too: the sums are the ledger's.
    """
    return _journal(company, since, until, SALES, way=-1, only="")


def purchase_journal(company: Company, since: dt.date, until: dt.date) -> list[VatRow]:
    """Every posted line of purchases with a VAT code (Vorsteuerjournal), by entry and rate; one query.

    ``tax`` is what stands on the accounts of input tax: of acquisition tax the deductible part.
    """
    only = "AND a.purpose = ANY (%(purposes)s)"
    return _journal(company, since, until, PURCHASES, way=1, only=only)


@dataclass(frozen=True, slots=True)
class BesideAccount:
    """An account of input tax in a span: what its journal says, and all that moved on it."""

    number: str
    name: str
    journal: Decimal
    moved: Decimal

    @property
    def others(self) -> Decimal:
        """What was booked without a code, such as the settlement of the tax."""
        return self.moved - self.journal


def beside_accounts(
    company: Company, since: dt.date, until: dt.date, *, language: str
) -> list[BesideAccount]:
    """The accounts of input tax beside the journal of purchases; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, _told(company, since, until, PURCHASES))
        rows = cursor.fetchall()
    place = {"de": 0, "fr": 1, "it": 2, "en": 3}.get(language[:2], 0)
    return [
        BesideAccount(number, next(filter(None, (names[place], *names)), ""), journal, moved)
        for number, *names, journal, moved in rows
    ]


def vat_totals(rows: Sequence[VatRow]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Sums of a VAT journal by code and rate: code, rate, net, tax."""
    sums: dict[tuple[str, Decimal], list[Decimal]] = {}
    for row in rows:
        found = sums.setdefault((row.code, row.rate), [ZERO, ZERO])
        found[0] += row.net
        found[1] += row.tax
    return [(code, rate, net, tax) for (code, rate), (net, tax) in sorted(sums.items())]


def _journal(
    company: Company, since: dt.date, until: dt.date, kinds: Sequence[str], *, way: int, only: str
) -> list[VatRow]:
    told = _told(company, since, until, kinds) | {"way": way}
    with connection.cursor() as cursor:
        cursor.execute(_JOURNAL.format(only=only), told)
        return [VatRow(*row) for row in cursor.fetchall()]


def _told(company: Company, since: dt.date, until: dt.date, kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "company": company.pk, "since": since, "until": until, "kinds": [str(k) for k in kinds],
        "purposes": [str(purpose) for purpose in INPUT_TAX],
    }  # fmt: skip
