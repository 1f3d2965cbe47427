"""What was sold (Umsatz): by customer, product and month, and the VAT journal of sales.

By customer and month the ledger is read: income accounts of the entries of invoices and credit
notes, so that the sums are those of the books. By product the lines of the documents are.
Deposits are no income until the invoice that deducts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes
from vat.codes.models import CodeKind

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
_VAT_JOURNAL: Final = """
    SELECT e.id, e.date, e.number, e.voucher, e.text, c.code, l.vat_rate, l.supply_date,
           -coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B'), 0),
           coalesce(sum(l.credit - l.debit) FILTER (WHERE l.vat_part = 'T'), 0), d.id
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    LEFT JOIN accounting_salesdocument d ON d.company_id = e.company_id AND d.entry_id = e.id
    WHERE l.company_id = %(company)s AND l.date BETWEEN %(since)s AND %(until)s
      AND e.number IS NOT NULL AND c.kind = ANY (%(kinds)s)
    GROUP BY e.id, e.date, e.number, e.voucher, e.text, c.code, l.vat_rate, l.supply_date, d.id
    ORDER BY e.date, e.number, c.code, l.vat_rate DESC, l.supply_date
"""


@dataclass(frozen=True, slots=True)
class TurnoverRow:
    """Turnover without VAT in the company's currency, beside the same time a year before."""

    key: int | None
    number: str
    name: str
    amount: Decimal
    before: Decimal
    count: Decimal = ZERO
    unit: str = ""

    @property
    def change(self) -> Decimal | None:
        """In percent of the year before; None where there was nothing."""
        if not self.before:
            return None
        return ((self.amount - self.before) * 100 / abs(self.before)).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: dt.date
    amount: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class VatRow:
    """Consideration and tax of an entry under one code, rate and day of supply."""

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
    document: int | None

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def by_customer(company: Company, since: dt.date, until: dt.date) -> list[TurnoverRow]:
    """Turnover of each customer, the largest first; one query."""
    rows = _rows(_BY_CUSTOMER, company, since, until)
    found = [
        TurnoverRow(pk, "", name, amount or ZERO, before or ZERO, Decimal(count))
        for pk, name, amount, before, count in rows
    ]
    return sorted(found, key=lambda row: (-row.amount, -row.before, row.name))


def by_product(
    company: Company, since: dt.date, until: dt.date, *, language: str
) -> list[TurnoverRow]:
    """Turnover of each product, the largest first, what has no product in one row; one query."""
    asked = _BY_PRODUCT.format(language=language if language in {"de", "fr", "it", "en"} else "de")
    found = [
        TurnoverRow(pk, number, name, to_centimes(amount or ZERO), to_centimes(before or ZERO),
                    quantity or ZERO, unit or "")
        for pk, number, name, unit, quantity, amount, before in _rows(asked, company, since, until)
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.amount, -row.before, row.number))


def by_month(company: Company, since: dt.date, until: dt.date) -> list[MonthRow]:
    """Turnover of each month of a span, beside the month a year before; one query."""
    sums = dict(_rows(_BY_MONTH, company, since, until))
    months = []
    day = since.replace(day=1)
    while day <= until:
        before = sums.get(_year_before(day), ZERO)
        months.append(MonthRow(day, sums.get(day, ZERO), before))
        day = (day + dt.timedelta(days=32)).replace(day=1)
    return months


def vat_journal(company: Company, since: dt.date, until: dt.date) -> list[VatRow]:
    """Every posted line of sales with a VAT code (MWST-Journal Verkauf), by entry and rate; one query.

    Discounts, write-offs and what was booked by hand are there, too: the sums are the ledger's.
    """
    kinds = [CodeKind.OUTPUT.value, CodeKind.DISCOUNT.value, CodeKind.OTHER.value]
    with connection.cursor() as cursor:
        cursor.execute(_VAT_JOURNAL, {"company": company.pk, "since": since, "until": until,
                                      "kinds": kinds})  # fmt: skip
        return [VatRow(*row) for row in cursor.fetchall()]


def vat_totals(rows: Sequence[VatRow]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Sums of a VAT journal by code and rate: code, rate, net, tax."""
    sums: dict[tuple[str, Decimal], list[Decimal]] = {}
    for row in rows:
        found = sums.setdefault((row.code, row.rate), [ZERO, ZERO])
        found[0] += row.net
        found[1] += row.tax
    return [(code, rate, net, tax) for (code, rate), (net, tax) in sorted(sums.items())]


def _rows(asked: str, company: Company, since: dt.date, until: dt.date) -> list[Any]:
    told: dict[str, Any] = {
        "company": company.pk, "since": since, "until": until,
        "before": _year_before(since), "before_until": _year_before(until),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(asked, told)
        return cursor.fetchall()


def _year_before(day: dt.date) -> dt.date:
    """The same day a year before; the 29th of February is the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
