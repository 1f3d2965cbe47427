"""What the books of a year say (Hauptbuch): income and input tax by account and code, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.ledger.models import Account, JournalEntry
from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes.models import CodeKind, VatCode
from vat.returns.checking.accounts import is_turnover

Source = JournalEntry.Source
INPUT_TAX: Final = (Account.Purpose.INPUT_TAX_MATERIAL, Account.Purpose.INPUT_TAX_INVESTMENT)
TURNOVER_KINDS: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT)
_LINES: Final = """
    SELECT l.account_id, l.vat_code_id, e.source, sum(l.debit - l.credit),
           coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B'), 0), count(*)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.date BETWEEN %(start)s AND %(end)s AND {which}
      AND e.number IS NOT NULL AND e.kind <> 'opening'
    GROUP BY 1, 2, 3
"""
_BOOKED: Final = (
    _LINES.format(which="l.account_id = ANY (%(accounts)s)")
    + " UNION ALL "
    + _LINES.format(
        which="""l.vat_code_id = ANY (%(turnover)s) AND l.vat_part = 'B'
        AND l.account_id <> ALL (%(accounts)s)"""
    )
)


@dataclass
class AccountRow:
    """Turnover of an account in a year, credit positive, in francs without its tax where it was split off.

    ``by_code`` is what is declared by the code's lines, ``other`` what has a code that is no turnover,
    ``bare`` what has no code, in so many ``lines``; ``off`` is what lines declare beyond their amount,
    ``of_assets`` what the register of assets posted: gains and losses, no consideration.
    ``is_turnover`` tells accounts whose income is consideration as far as the chart tells.
    """

    account: Account
    is_turnover: bool
    moved: Decimal = ZERO
    by_code: dict[str, Decimal] = field(default_factory=dict)
    other: Decimal = ZERO
    bare: Decimal = ZERO
    lines: int = 0
    off: Decimal = ZERO
    of_assets: Decimal = ZERO

    @property
    def coded(self) -> Decimal:
        return sum(self.by_code.values(), ZERO)


@dataclass
class TaxRow:
    """Movement of an account of input tax in a year, debit positive.

    ``deducted`` is booked by codes of boxes 400 and 405, ``corrected`` by those of 410 to 420,
    ``settled`` by the posting of returns, ``bare`` without a code.
    """

    account: Account
    moved: Decimal = ZERO
    deducted: Decimal = ZERO
    corrected: Decimal = ZERO
    settled: Decimal = ZERO
    bare: Decimal = ZERO


@dataclass(frozen=True)
class Booked:
    """The books of a year as far as they concern VAT."""

    income: tuple[AccountRow, ...]
    others: tuple[AccountRow, ...]
    taxes: tuple[TaxRow, ...]
    codes: Mapping[int, VatCode]


def booked(company: Company, start: dt.date, end: dt.date) -> Booked:
    """Income and input tax of a year by account and code; three queries."""
    accounts = {row.pk: row for row in Account.of(company)}
    codes = {row.pk: row for row in VatCode.of(company)}
    income = {pk: AccountRow(row, is_turnover(row)) for pk, row in accounts.items()
              if row.type == Account.Type.INCOME}  # fmt: skip
    taxes = {pk: TaxRow(row) for pk, row in accounts.items() if row.purpose in INPUT_TAX}
    others: dict[int, AccountRow] = {}
    told: dict[str, Any] = {
        "company": company.pk, "start": start, "end": end, "accounts": [*income, *taxes],
        "turnover": [pk for pk, code in codes.items() if code.kind in TURNOVER_KINDS],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, told)
        rows = cursor.fetchall()
    for pk, code_pk, source, moved, base, count in rows:
        code = codes[code_pk] if code_pk else None
        if pk in taxes:
            _add_tax(taxes[pk], code, source == Source.VAT, moved)
        else:
            row = income.get(pk) or others.setdefault(pk, AccountRow(accounts[pk], True))
            if source == Source.ASSETS:
                row.moved, row.of_assets = row.moved - moved, row.of_assets - moved
            else:
                _add_income(row, code, -moved, -base, count)
    moved = {pk for pk, *_rest in rows}
    used = sorted(
        (row for pk, row in taxes.items() if pk in moved), key=lambda row: row.account.number
    )
    return Booked(_ordered(income), _ordered(others), tuple(used), codes)


def _ordered(rows: Mapping[int, AccountRow]) -> tuple[AccountRow, ...]:
    moved = (row for row in rows.values() if row.moved or row.by_code or row.lines)
    return tuple(sorted(moved, key=lambda row: row.account.number))


def _add_income(
    row: AccountRow, code: VatCode | None, moved: Decimal, base: Decimal, count: int
) -> None:
    row.moved += moved
    if code is None:
        row.bare += moved
        row.lines += count
    elif code.kind in TURNOVER_KINDS:
        row.by_code[code.code] = row.by_code.get(code.code, ZERO) + base
        row.off += base - moved
    else:
        row.other += moved


def _add_tax(row: TaxRow, code: VatCode | None, settled: bool, moved: Decimal) -> None:
    row.moved += moved
    if settled:
        row.settled += moved
    elif code is None:
        row.bare += moved
    elif code.kind == CodeKind.CORRECTION:
        row.corrected += moved
    else:
        row.deducted += moved
