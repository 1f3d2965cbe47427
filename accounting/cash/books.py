"""Opening cash books and changing how they are kept."""

from __future__ import annotations

from typing import Any, Final

from django.db import DatabaseError, transaction

from accounting.cash.errors import (
    AccountTaken,
    BelowZero,
    HasRows,
    NotAMoneyAccount,
    below_zero,
)
from accounting.cash.models import CashBook
from accounting.ledger import holders
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.ledger.posting import told_by_guard
from erp.access.models import User
from erp.audit import trail

ROOM: Final = "cash"
_SHOWN: Final = ("name", "kind", "prefix", "kept_from", "is_closed")


@transaction.atomic
def save_book(book: CashBook, *, by: User) -> CashBook:
    """Add a cash book or change one.

    Its account is one of the balance sheet that no sub-ledger owns, and stays once something was
    entered. Raises ``NotAMoneyAccount``, ``AccountTaken``, ``AccountHeld``, ``HasRows``, and
    ``BelowZero`` where a cash box held less than nothing on a day from ``kept_from`` on.
    """
    require_money_account(book.account)
    if book.settled_by is not None:
        require_money_account(book.settled_by, other_than=book.account, field="settled_by")
    books = CashBook.of(book.company)
    other = books.filter(account=book.account).exclude(pk=book.pk).first()
    if other is not None:
        raise AccountTaken(account=book.account.number, name=other.name)
    rows = books.select_related("account", "settled_by")
    before = rows.select_for_update(of=("self",)).filter(pk=book.pk).first() if book.pk else None
    if before is not None:
        if before.account_id != book.account_id and before.last_number:
            raise HasRows(name=before.name)
        book.last_number = before.last_number
    if before is None or before.account_id != book.account_id or before.is_closed:
        holders.require_free(book.account, room=ROOM)
    try:
        with transaction.atomic():
            book.save()
    except DatabaseError as error:
        hint, said = told_by_guard(error)
        if hint != BelowZero.code:
            raise
        raise below_zero(said) from error
    told = _told(book)
    if before is None:
        trail.record(company=book.company, by=by, action="cash_book.add", subject=book,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(_told(before), told):
        trail.record(company=book.company, by=by, action="cash_book.change", subject=book,
                     details=changed)  # fmt: skip
    return book


def named(account: Account) -> str:
    """The open cash book that a ledger account stands for, or nothing."""
    rows = CashBook.of(account.company_id).filter(account=account, is_closed=False)
    return rows.values_list("name", flat=True).first() or ""


def require_money_account(
    account: Account, *, other_than: Account | None = None, field: str = "account"
) -> None:
    """Refuse what can hold no money: results, control accounts, the book's own account."""
    if (
        account.type not in BALANCE_SHEET_TYPES
        or account.control
        or (other_than is not None and account.pk == other_than.pk)
    ):
        raise NotAMoneyAccount(account=account.number, field=field)


def _told(book: CashBook) -> dict[str, Any]:
    return {
        **trail.values(book, *_SHOWN),
        "account": book.account.number,
        "settled_by": book.settled_by.number if book.settled_by else "",
    }
