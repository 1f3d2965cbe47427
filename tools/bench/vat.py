"""A VAT return of a quarter, beside the plain sum over that quarter's VAT rows, with many and few years."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import Line, VatFacts, credit, debit
from accounting.ledger.models import Account
from erp.companies.models import Company
from tools.bench.books import YEARS, Book, acting, found
from tools.bench.measuring import interleaved, note
from vat.codes.models import VatCode
from vat.codes.tax import tax_on_net
from vat.returns.computing import Scope, compute
from vat.returns.spans import Span

QUARTER = (dt.date(2026, 4, 1), dt.date(2026, 6, 30))
#: Where the parts of an entry stand: consideration, tax, code, rate, and the other side.
SALES = (
    ("3200", "2200", "UN", "8.1"),
    ("3400", "2200", "UN", "8.1"),
    ("3200", "2200", "UR", "2.6"),
)
PURCHASES = (
    ("4200", "1170", "MN", "8.1"),
    ("6500", "1171", "IN", "8.1"),
    ("4200", "1170", "MR", "2.6"),
)

_PLAIN = """
    SELECT l.vat_code_id, l.vat_rate, l.vat_part, sum(l.vat_base), sum(l.debit - l.credit)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.vat_code_id IS NOT NULL
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL
    GROUP BY 1, 2, 3
"""


def bench_return(analyse: Callable[[], None], lines: int = 1_000_000) -> None:
    """The return of a quarter in a book of many lines, and in one that has that quarter's year alone."""
    books = [vat_book(lines, YEARS), vat_book(lines // 3 + 1, YEARS[-1:])]
    analyse()
    taken = []
    for book in books:
        with acting(book) as (company, _owner):
            told = {"company": company.pk, "start": QUARTER[0], "end": QUARTER[1]}

            def plain(told: dict[str, Any] = told) -> None:
                with connection.cursor() as cursor:
                    cursor.execute(_PLAIN, told)
                    cursor.fetchall()

            def ours(company: Company = company) -> None:
                compute(Scope(company, *QUARTER, "effective", "agreed", [Span(*QUARTER)]))

            mine, theirs = interleaved(7, ours, plain)
            taken.append(mine)
            note("VAT return of a quarter", book.lines, mine, theirs, "<= 3", 3)
    note("VAT return: three years against one", lines, taken[0], taken[1], "<= 1.5", 1.5)


def vat_book(lines: int, years: tuple[int, ...]) -> Book:
    """A company whose entries all carry VAT, spread over these years."""
    book = found(lines)
    book.lines = lines
    chance, written = random.Random(lines), 0  # noqa: S311 - seeded on purpose
    days = [dt.date(year, 1, 1) + dt.timedelta(days=nth) for year in years for nth in range(365)]
    while written < lines:
        with acting(book) as (company, owner):
            accounts = {
                a.number: a for a in Account.of(company).select_related("vat_code", "company")
            }
            codes = {code.code: code for code in VatCode.of(company)}
            entries = [
                _entry(accounts, codes, chance, chance.choice(days))
                for _nth in range(min(10_000, (lines - written) // 3 + 1))
            ]
            post_many(company=company, entries=entries, by=owner)
            written += 3 * len(entries)
    return book


def _entry(
    accounts: dict[str, Account], codes: dict[str, VatCode], chance: random.Random, day: dt.date
) -> NewEntry:
    net = Decimal(chance.randrange(1000, 500_000)) / 100
    sells = chance.random() < 0.5
    base, tax_account, name, percent = chance.choice(SALES if sells else PURCHASES)
    rate = Decimal(percent)
    tax, sign, side = tax_on_net(net, rate=rate), -1 if sells else 1, credit if sells else debit

    def facts(part: str) -> VatFacts:
        return VatFacts(codes[name], part, rate, sign * net, day)

    lines: list[Line] = [
        side(accounts[base], net, vat=facts("B")),
        side(accounts[tax_account], tax, vat=facts("T")),
        (debit if sells else credit)(accounts["1020"], net + tax),
    ]
    return NewEntry(day, "Beleg", lines, voucher=str(chance.randrange(10**6)))
