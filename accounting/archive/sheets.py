"""The account sheets of a year (Kontoblätter) as one table, with the balances running.

What stands against a line is asked for all lines of a page at once: a query within the query would be
as slow as the planner is wrong about tables that nobody has analysed yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.archive.names import Names
from accounting.ledger.models import AccountTotal, FiscalYear
from erp.companies.models import Company

HEAD: Final = (
    "account", "date", "number", "series", "line", "voucher", "text", "contra", "vat_code",
    "cost_centre", "currency", "amount_foreign", "debit", "credit", "balance",
)  # fmt: skip
_PAGE: Final = """
    SELECT l.date, e.number, e.id, l.position, e.series, e.voucher,
           CASE l.text WHEN '' THEN e.text ELSE l.text END,
           l.vat_code_id, l.cost_centre_id, l.currency, l.amount_foreign, l.debit, l.credit
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL
      AND (l.date, e.number, e.id, l.position) > (%(start)s, %(number)s, %(entry)s, %(position)s)
    ORDER BY l.date, e.number, e.id, l.position LIMIT %(limit)s
"""
_AGAINST: Final = """
    SELECT l.entry_id, l.debit > 0, l.account_id FROM accounting_entryline l
    WHERE l.company_id = %s AND l.entry_id = ANY(%s) AND l.vat_part <> 'T'
"""


@dataclass(frozen=True)
class Place:
    """Where the next page begins: the nth account, behind a line of it, with its balance there."""

    nth: int = 0
    day: str = ""
    number: int = 0
    entry: int = 0
    position: int = 0
    balance: str = ""


def accounts_with_lines(company: Company, year: FiscalYear, names: Names) -> list[int]:
    """The accounts that something was posted to in the year, in the order of the chart."""
    used = set(
        AccountTotal.of(company).filter(fiscal_year=year).values_list("account_id", flat=True)
    )
    return [pk for pk in names.accounts if pk in used]


def sheet_rows(
    company: Company, year: FiscalYear, names: Names, *, accounts: Sequence[int],
    carried: Mapping[int, Decimal], place: Place, size: int,
) -> tuple[list[Sequence[Any]], Place | None]:  # fmt: skip
    """The next rows, of one account after another, and where to go on; two queries for an account."""
    rows: list[Sequence[Any]] = []
    nth, begun = place.nth, place
    while nth < len(accounts) and len(rows) < size:
        account = accounts[nth]
        balance = Decimal(begun.balance) if begun.balance else carried.get(account, Decimal(0))
        wanted = size - len(rows)
        found = _asked(company, year, account, begun, wanted)
        against = _against(company, names, [row[2] for row in found])
        for row in found:
            balance += row[11] - row[12]
            others = against[row[2], row[11] <= 0]
            contra = next(iter(others)) if len(others) == 1 else "…" if others else ""
            rows.append(_row(names, account, row, contra, balance))
        if len(found) == wanted:
            last = found[-1]
            return rows, Place(nth, last[0].isoformat(), last[1], last[2], last[3], str(balance))
        nth, begun = nth + 1, Place()
    return rows, Place(nth) if nth < len(accounts) else None


def _asked(
    company: Company, year: FiscalYear, account: int, begun: Place, limit: int
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, {
            "company": company.pk, "account": account, "start": begun.day or year.start,
            "end": year.end, "number": begun.number, "entry": begun.entry,
            "position": begun.position, "limit": limit,
        })  # fmt: skip
        return cursor.fetchall()


def _against(
    company: Company, names: Names, entries: list[int]
) -> Mapping[tuple[int, bool], set[str]]:
    """The accounts on each side of these entries, without those of taxes; true is debit."""
    found = defaultdict[tuple[int, bool], set[str]](set)
    with connection.cursor() as cursor:
        cursor.execute(_AGAINST, [company.pk, entries])
        for entry, is_debit, account in cursor.fetchall():
            found[entry, is_debit].add(names.account(account))
    return found


def _row(
    names: Names, account: int, row: tuple[Any, ...], contra: str, balance: Decimal
) -> Sequence[Any]:
    (
        day,
        number,
        _entry,
        position,
        series,
        voucher,
        text,
        code,
        centre,
        currency,
        foreign,
        *sides,
    ) = row
    return (names.account(account), day, number, series, position, voucher, text, contra,
            names.code(code), names.centre(centre), currency, foreign, *sides, balance)  # fmt: skip
