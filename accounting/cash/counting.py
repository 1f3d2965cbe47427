"""Counting a cash box (Kassensturz): what there is beside what the book says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.cash.booking import Share, hold, record
from accounting.cash.denominations import worth
from accounting.cash.errors import CountedTwice, NotACashBox
from accounting.cash.models import CashBook, CashCount
from accounting.cash.queries import balance_on
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import Purpose
from erp.access.models import User
from erp.audit import trail
from erp.core import clock


@transaction.atomic
def count_cash(
    *, book: CashBook, date: dt.date, by: User, pieces: Mapping[Decimal, int] | None = None,
    counted: Decimal | None = None, text: str = "", books_difference: bool = True,
    rate: Decimal | None = None,
) -> CashCount:  # fmt: skip
    """Keep what was counted at the end of a day, and book what there is more or less.

    Either ``pieces``, how many of each note and coin, or ``counted``, what they come to; in the
    book's currency. The difference goes to the account with the purpose of cash differences, unless
    ``books_difference`` is off. Raises ``NotACashBox``, ``CountedTwice``, ``BadPieces``,
    ``PurposeMissing`` and what ``record`` raises.
    """
    held = hold(book)
    if held.kind != CashBook.Kind.CASH:
        raise NotACashBox(name=held.name)
    if (pieces is None) == (counted is None):
        raise CountedTwice
    total = worth(pieces, held.currency) if pieces is not None else counted
    assert total is not None  # one of both is there
    if total < 0:
        raise CountedTwice
    expected = balance_on(held, date)
    difference, entry = total - expected, None
    if difference and books_difference:
        account = Account.of(held.company).filter(purpose=Purpose.CASH_DIFFERENCES).first()
        if account is None:
            raise PurposeMissing(purpose=Purpose.CASH_DIFFERENCES.label)
        entry = record(
            book=held, date=date, amount=difference, by=by, rate=rate,
            text=(text or _("Cash difference, counted %s") % f"{total:.2f}")[:200],
            shares=[Share(account.number, abs(difference))],
        )  # fmt: skip
    count: CashCount = CashCount.unscoped.create(
        company=held.company, book=held, date=date, counted=total, expected=expected, text=text,
        pieces={f"{value:.2f}": n for value, n in (pieces or {}).items() if n}, entry=entry,
        created_at=clock.now(), created_by=by,
    )  # fmt: skip
    trail.record(company=held.company, by=by, action="cash_book.count", subject=count,
                 details={"name": held.name, "date": date, "counted": total,
                          "expected": expected})  # fmt: skip
    return count
