"""A cash book for the tests, kept through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.cash import booking
from accounting.cash.booking import Share
from accounting.cash.books import save_book
from accounting.cash.models import CashBook
from tests import make

JANUARY_1, MARCH_1, MARCH_5, MARCH_9 = (
    dt.date(2026, *day) for day in ((1, 1), (3, 1), (3, 5), (3, 9))
)


def cash_book(company, *, account="1000", name="Kasse", kind="cash", **more):
    told = {"prefix": "K-", "kept_from": JANUARY_1} | more
    return save_book(
        CashBook(company=company, account=make.account(company, account), name=name, kind=kind,
                 **told), by=make.owner_of(company))  # fmt: skip


def enter(book, amount, *, date=MARCH_1, account=None, text="Bewegung", **more):
    """A receipt (positive) from sales, or a payment for material."""
    amount = Decimal(amount)
    share = Share(account or ("3200" if amount > 0 else "4200"), abs(amount),
                  **{name: more.pop(name) for name in ("vat_code",) if name in more})  # fmt: skip
    told = {"text": text, "shares": [share], "by": make.owner_of(book.company)} | more
    return booking.record(book=book, date=date, amount=amount, **told)
