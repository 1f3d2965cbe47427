"""What cash books refuse."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class BelowZero(DomainError):
    code = "cash.below_zero"
    message = _("On %(date)s account %(account)s would stand at %(amount)s: a cash box never holds less than "
                "nothing. Correct the day or the amount, or enter first what is missing.")  # fmt: skip
    field = "amount"
    conflict = True


class AccountTaken(DomainError):
    code = "cash.account_taken"
    message = _("Account %(account)s has the cash book “%(name)s” already. Choose another account.")
    field = "account"


class NotAMoneyAccount(DomainError):
    code = "cash.not_a_money_account"
    message = _("Account %(account)s cannot hold money: choose an account of the balance sheet that "
                "belongs to no sub-ledger, and is not the book's own.")  # fmt: skip
    field = "account"


class HasRows(DomainError):
    code = "cash.has_rows"
    message = _("Book “%(name)s” has entries already: its account stays. Add another book.")
    field = "account"
    conflict = True


class BookClosed(DomainError):
    code = "cash.book_closed"
    message = _("Book “%(name)s” is closed. Open it again under Cash books, or use another one.")
    conflict = True


class NotKeptYet(DomainError):
    code = "cash.not_kept_yet"
    message = _(
        "Book “%(name)s” is kept from %(kept_from)s on. Use a later day, or change that day."
    )
    field = "date"


class NothingPaid(DomainError):
    code = "cash.nothing_paid"
    message = _("Give an amount: either a receipt or a payment.")
    field = "amount"


class SharesDiffer(DomainError):
    code = "cash.shares_differ"
    message = _("The accounts take %(shares)s of %(amount)s. Share the whole amount out.")
    field = "amount"


class RateMissing(DomainError):
    code = "cash.rate_missing"
    message = _("The book is kept in %(currency)s. Give the exchange rate of %(date)s.")
    field = "rate"


class NotOfBook(DomainError):
    code = "cash.not_of_book"
    message = _("Entry %(number)s was not entered in this book. Undo it where it was entered.")
    field = "entry"
    conflict = True


class NotACard(DomainError):
    code = "cash.not_a_card"
    message = _("“%(name)s” is no card account: there is no card statement to settle.")
    conflict = True


class NothingOwed(DomainError):
    code = "cash.nothing_owed"
    message = _("On %(date)s nothing is owed on “%(name)s”. Enter the purchases first.")
    field = "until"
    conflict = True


class StatementDiffers(DomainError):
    code = "cash.statement_differs"
    message = _("The statement says %(statement)s, the book %(book)s on %(date)s; the difference is "
                "%(difference)s. Enter what is missing, then settle.")  # fmt: skip
    field = "amount"


class NotACashBox(DomainError):
    code = "cash.not_a_cash_box"
    message = _("“%(name)s” is no cash box: there is nothing to count.")
    conflict = True


class BadPieces(DomainError):
    code = "cash.bad_pieces"
    message = _("There is no note or coin of %(value)s %(currency)s, or not so many. Count whole "
                "pieces from 0 to 1’000’000.")  # fmt: skip
    field = "pieces"


class CountedTwice(DomainError):
    code = "cash.counted_twice"
    message = _("Give either the notes and coins, or what they come to.")
    field = "counted"


def below_zero(told: str) -> BelowZero:
    """The refusal of the database: account, day and balance, in words."""
    account, day, amount = told.rsplit(" ", 2)
    return BelowZero(account=account, date=dt.date.fromisoformat(day), amount=Decimal(amount))
