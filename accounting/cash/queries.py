"""What stands in a cash book: the ledger's rows, with the balance running by row, day and month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounting.cash.models import CashBook, CashCount
from accounting.ledger.balances import balance_before
from accounting.ledger.models import EntryLine
from accounting.ledger.queries import SheetRow, account_sheet
from erp.companies.models import Company
from erp.core.money import ZERO

MOST: Final = 5_000  # rows of a span that are shown


@dataclass(frozen=True, slots=True)
class BookRow:
    """A row of a book, in its currency; ``balance`` runs."""

    entry: int
    number: int
    date: dt.date
    voucher: str
    text: str
    contra: str
    vat_code: str
    receipt: Decimal
    payment: Decimal
    balance: Decimal
    has_file: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """What a day or a month brought; ``start`` is its first day, ``balance`` that at its end."""

    start: dt.date
    receipts: Decimal
    payments: Decimal
    balance: Decimal


@dataclass(frozen=True)
class BookPage:
    """A span of a book, in its currency. ``complete`` is whether all of its rows are there."""

    book: CashBook
    start: dt.date
    end: dt.date
    opening: Decimal
    rows: list[BookRow]
    complete: bool

    @property
    def receipts(self) -> Decimal:
        return sum((row.receipt for row in self.rows), ZERO)

    @property
    def payments(self) -> Decimal:
        return sum((row.payment for row in self.rows), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.receipts - self.payments

    def by_day(self) -> list[Sum]:
        """Each day with rows."""
        return _summed(self.rows, lambda row: row.date)

    def by_month(self) -> list[Sum]:
        """Each month with rows."""
        return _summed(self.rows, lambda row: row.date.replace(day=1))

    def found(self, text: str) -> list[BookRow]:
        """The rows with a text, voucher, account or amount; their balances stay those of the book."""
        wanted = text.casefold().strip()
        amount = wanted.replace("’", "").replace("'", "")
        return [
            row for row in self.rows
            if wanted in row.text.casefold() or wanted in row.voucher.casefold()
            or wanted in row.contra or wanted == str(row.number)
            or amount in {f"{row.receipt:.2f}", f"{row.payment:.2f}"}
        ]  # fmt: skip


def books_of(company: Company) -> QuerySet[CashBook]:
    """The books with what their pages show, those in use first."""
    rows = CashBook.of(company).select_related("company", "account", "settled_by")
    return rows.order_by("is_closed", "name")


def page(book: CashBook, *, start: dt.date, end: dt.date) -> BookPage:
    """What was entered on the book's account in a span, whoever entered it; three queries."""
    sheet = account_sheet(book.company, book.account, start=start, end=end, limit=MOST)
    opening = sheet.foreign_opening if book.is_foreign else sheet.opening
    codes = _codes(book, [row.entry for row in sheet.rows])
    rows: list[BookRow] = []
    balance = opening
    for row in sheet.rows:
        moved = _moved(book, row)
        balance += moved
        rows.append(BookRow(
            entry=row.entry, number=row.number, date=row.date, voucher=row.voucher, text=row.text,
            contra=row.contra, vat_code=codes.get(row.entry, ""), receipt=max(moved, ZERO),
            payment=max(-moved, ZERO), balance=balance, has_file=row.has_file,
        ))  # fmt: skip
    return BookPage(book, start, end, opening, rows, sheet.complete)


def balance_on(book: CashBook, day: dt.date) -> Decimal:
    """What the book holds at the end of a day, in its currency."""
    amount, foreign = balance_before(
        book.company, account=book.account_id, day=day + dt.timedelta(days=1), year=None,
        carried=True,
    )  # fmt: skip
    return foreign if book.is_foreign else amount


_BALANCES: Final = """
    SELECT b.account_id, coalesce(sum(t.debit - t.credit), 0), coalesce(sum(t.amount_foreign), 0)
    FROM accounting_cashbook b
    LEFT JOIN accounting_accounttotal t ON t.company_id = b.company_id AND t.account_id = b.account_id
    WHERE b.company_id = %s GROUP BY b.account_id
"""


def balances(company: Company, books: Sequence[CashBook]) -> list[tuple[CashBook, Decimal]]:
    """Each book with all that was ever entered in it, in its currency; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [company.pk])
        found: dict[int, Any] = {row[0]: row[1:] for row in cursor.fetchall()}
    return [(book, found[book.account_id][1 if book.is_foreign else 0]) for book in books]


def counts_of(book: CashBook) -> QuerySet[CashCount]:
    """What was counted, the last first."""
    rows = CashCount.of(book.company).filter(book=book).select_related("entry", "created_by")
    return rows.order_by("-date", "-pk")


def _codes(book: CashBook, entries: Sequence[int]) -> dict[int, str]:
    """The VAT codes that stand in entries, with what the money was for."""
    found: dict[int, set[str]] = {}
    lines = EntryLine.of(book.company).filter(entry__in=entries, vat_part=EntryLine.VatPart.BASE)
    for entry, code in lines.values_list("entry_id", "vat_code__code"):
        found.setdefault(entry, set()).add(code)
    return {entry: " ".join(sorted(codes)) for entry, codes in found.items()}


def _moved(book: CashBook, row: SheetRow) -> Decimal:
    if book.is_foreign:
        return row.amount_foreign or ZERO
    return row.debit - row.credit


def _summed(rows: Sequence[BookRow], start_of: Callable[[BookRow], dt.date]) -> list[Sum]:
    found: dict[dt.date, list[BookRow]] = {}
    for row in rows:
        found.setdefault(start_of(row), []).append(row)
    return [
        Sum(start, sum((r.receipt for r in of), ZERO), sum((r.payment for r in of), ZERO),
            of[-1].balance)
        for start, of in found.items()
    ]  # fmt: skip
