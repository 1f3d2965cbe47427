"""What was sold (Umsatz): by customer, product and month, and the VAT journal of sales.

By customer and month the ledger is read: income accounts of the entries of invoices and credit
notes, so that the sums are those of the books. By product the lines of the documents are.
Deposits are no income until the invoice that deducts them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from accounting.ledger.spans import MonthRow, TurnoverRow, asked, by_months
from accounting.ledger.vat_journal import VatRow, sales_journal, vat_totals
from accounting.receivables.models import SalesDocument
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes

_BY_CUSTOMER: Final = """
    SELECT d.contact_id, c.name,
           sum(l.credit - l.debit) FILTER (WHERE l.date >= %(since)s),
           sum(l.credit - l.debit) FILTER (WHERE l.date < %(since)s),
           count(DISTINCT d.id) FILTER (WHERE l.date >= %(since)s AND d.kind = 'invoice')
    FROM accounting_salesdocument d
    JOIN contacts_contact c ON c.company_id = d.company_id AND c.id = d.contact_id
    JOIN accounting_entryline l ON l.company_id = d.company_id AND l.entry_id = d.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    WHERE d.company_id = %(company)s AND d.status = 'issued' AND d.date <= %(until)s
      AND (d.date >= %(since)s OR d.date BETWEEN %(before)s AND %(before_until)s)
      AND a.type = 'income' AND l.vat_part <> 'T'
    GROUP BY d.contact_id, c.name
"""
_BY_MONTH: Final = """
    SELECT date_trunc('month', l.date)::date, sum(l.credit - l.debit)
    FROM accounting_salesdocument d
    JOIN accounting_entryline l ON l.company_id = d.company_id AND l.entry_id = d.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    WHERE d.company_id = %(company)s AND d.status = 'issued'
      AND (d.date BETWEEN %(since)s AND %(until)s OR d.date BETWEEN %(before)s AND %(before_until)s)
      AND a.type = 'income' AND l.vat_part <> 'T'
    GROUP BY 1 ORDER BY 1
"""
#: Each item's share of what its document's discount left, without VAT, in the company's currency.
_BY_PRODUCT: Final = """
    SELECT p.id, coalesce(p.number, ''), coalesce(nullif(p.name_{language}, ''), p.name_de, ''),
           max(p.unit_de), sum(x.sign * x.quantity) FILTER (WHERE x.date >= %(since)s),
           sum(x.sign * x.net) FILTER (WHERE x.date >= %(since)s),
           sum(x.sign * x.net) FILTER (WHERE x.date < %(since)s)
    FROM (
        SELECT l.company_id, l.product_id, l.quantity, d.date,
               CASE d.kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign,
               l.amount * coalesce(d.exchange_rate, 1)
               * (1 - CASE WHEN l.deposit_id IS NOT NULL THEN 0
                           WHEN d.discount_percent <> 0 THEN d.discount_percent / 100
                           WHEN d.discount_amount <> 0 THEN d.discount_amount / nullif(w.whole, 0)
                           ELSE 0 END)
               * CASE d.basis WHEN 'gross' THEN 100 / (100 + l.rate) ELSE 1 END AS net
        FROM accounting_salesdocument d
        JOIN accounting_documentline l ON l.company_id = d.company_id AND l.document_id = d.id
        JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
        JOIN LATERAL (
            SELECT sum(o.amount) AS whole FROM accounting_documentline o
            WHERE o.company_id = d.company_id AND o.document_id = d.id AND o.kind = 'item'
              AND o.deposit_id IS NULL
        ) AS w ON true
        WHERE d.company_id = %(company)s AND d.status = 'issued'
          AND d.kind IN ('invoice', 'credit_note') AND l.kind = 'item' AND a.type = 'income'
          AND (d.date BETWEEN %(since)s AND %(until)s OR d.date BETWEEN %(before)s AND %(before_until)s)
    ) AS x
    LEFT JOIN accounting_product p ON p.company_id = x.company_id AND p.id = x.product_id
    GROUP BY p.id, p.number, p.name_{language}, p.name_de
"""


@dataclass(frozen=True, slots=True)
class SalesVatRow(VatRow):
    """A row of the journal with the document that its entry belongs to."""

    document: int | None = None


def by_customer(company: Company, since: dt.date, until: dt.date) -> list[TurnoverRow]:
    """Turnover of each customer, the largest first; one query."""
    rows = asked(_BY_CUSTOMER, company, since, until)
    found = [
        TurnoverRow(pk, "", name, amount or ZERO, before or ZERO, Decimal(count))
        for pk, name, amount, before, count in rows
    ]
    return sorted(found, key=lambda row: (-row.amount, -row.before, row.name, row.key or 0))


def by_product(
    company: Company, since: dt.date, until: dt.date, *, language: str
) -> list[TurnoverRow]:
    """Turnover of each product, the largest first, what has no product in one row; one query."""
    sql = _BY_PRODUCT.format(language=language if language in {"de", "fr", "it", "en"} else "de")
    found = [
        TurnoverRow(pk, number, name, to_centimes(amount or ZERO), to_centimes(before or ZERO),
                    quantity or ZERO, unit or "")
        for pk, number, name, unit, quantity, amount, before in asked(sql, company, since, until)
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.amount, -row.before, row.number, row.key or 0))


def by_month(company: Company, since: dt.date, until: dt.date) -> list[MonthRow]:
    """Turnover of each month of a span, beside the month a year before; one query."""
    return by_months(dict(asked(_BY_MONTH, company, since, until)), since, until)


def vat_journal(company: Company, since: dt.date, until: dt.date) -> list[SalesVatRow]:
    """Every posted line of sales with a VAT code (MWST-Journal Verkauf), with its document; two queries.

    Discounts, write-offs and what was booked by hand are there, too: the sums are the ledger's.
    """
    documents = dict(
        SalesDocument.of(company)
        .filter(entry__date__range=(since, until))
        .values_list("entry_id", "pk")
    )
    return [
        SalesVatRow(**_values(row), document=documents.get(row.entry))
        for row in sales_journal(company, since, until)
    ]


def _values(row: VatRow) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(VatRow)}


__all__ = ["SalesVatRow", "by_customer", "by_month", "by_product", "vat_journal", "vat_totals"]
