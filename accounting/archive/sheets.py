"""The account sheets of a year (Kontoblätter) as one table, with the balances running."""

from __future__ import annotations

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
           coalesce((SELECT CASE count(DISTINCT o.account_id) WHEN 1 THEN min(a.number) ELSE '…' END
                     FROM accounting_entryline o
                     JOIN accounting_account a ON a.company_id = o.company_id AND a.id = o.account_id
                     WHERE o.company_id = l.company_id AND o.entry_id = l.entry_id
                       AND (o.debit > 0) <> (l.debit > 0) AND o.vat_part <> 'T'), ''),
           l.vat_code_id, l.cost_centre_id, l.currency, l.amount_foreign, l.debit, l.credit
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL
      AND (l.date, e.number, e.id, l.position) > (%(start)s, %(number)s, %(entry)s, %(position)s)
    ORDER BY l.date, e.number, e.id, l.position LIMIT %(limit)s
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
    """The next rows, of one account after another, and where to go on; one query for an account."""
    rows: list[Sequence[Any]] = []
    nth, begun = place.nth, place
    while nth < len(accounts) and len(rows) < size:
        account = accounts[nth]
        balance = Decimal(begun.balance) if begun.balance else carried.get(account, Decimal(0))
        wanted = size - len(rows)
        found = _asked(company, year, account, begun, wanted)
        for row in found:
            balance += row[12] - row[13]
            rows.append(_row(names, account, row, balance))
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


def _row(names: Names, account: int, row: tuple[Any, ...], balance: Decimal) -> Sequence[Any]:
    (day, number, _entry, position, series, voucher, text, contra, code, centre, currency, foreign,
     debit, credit) = row  # fmt: skip
    return (names.account(account), day, number, series, position, voucher, text, contra,
            names.code(code), names.centre(centre), currency, foreign, debit, credit, balance)  # fmt: skip
