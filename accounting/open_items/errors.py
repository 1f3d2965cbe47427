"""What open items refuse, and the database's own guards told as such."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NotAControlAccount(DomainError):
    code = "items.not_a_control_account"
    message = _("Account %(account)s is no control account of debtors or creditors. Say so in the "
                "chart of accounts (“owned by”), or choose another account.")  # fmt: skip
    field = "account"


class NoSuchLine(DomainError):
    code = "items.no_such_line"
    message = _("Entry %(entry)s has not exactly one line on account %(account)s. Name the line.")
    field = "position"


class LineDiffers(DomainError):
    code = "items.line_differs"
    message = _("The line on account %(account)s comes to %(line)s, its items to %(items)s. Let "
                "them come to the same amount.")  # fmt: skip
    field = "items"


class NoAmount(DomainError):
    code = "items.no_amount"
    message = _("An item of zero is nothing owed. Give it an amount, or leave it out.")
    field = "amount"


class NothingToTakeOver(DomainError):
    code = "items.nothing_to_take_over"
    message = _("The file has no rows. Write one item into each row below the titles.")
    field = "file"


class NotTakenOver(DomainError):
    code = "items.not_taken_over"
    message = _("Entry %(number)s took nothing over. Undo it where it was posted.")
    field = "item"
    conflict = True


class NothingToSettle(DomainError):
    code = "items.nothing_to_settle"
    message = _("Nothing would be settled. Choose an item and give an amount.")
    field = "amount"


class MoreThanOpen(DomainError):
    code = "items.more_than_open"
    message = _("Of item %(item)s %(open)s are open, %(wanted)s would be settled. Settle at most "
                "what is open; what was paid beyond becomes a credit of the party.")  # fmt: skip
    field = "amount"
    conflict = True


class DoesNotAddUp(DomainError):
    code = "items.does_not_add_up"
    message = _("%(money)s were paid, and %(parts)s are shared out. Share out what was paid.")
    field = "amount"


class MixedItems(DomainError):
    code = "items.mixed_items"
    message = _("These items differ in side, party or currency. Settle them one after the other.")
    field = "items"


class PartyMissing(DomainError):
    code = "items.party_missing"
    message = _("%(amount)s were paid on account. Say whose they are.")
    field = "party"


class PaidBaseMissing(DomainError):
    code = "items.paid_base_missing"
    message = _("What is owed is in %(currency)s, account %(account)s is not. Say what was paid in "
                "%(own)s, too.")  # fmt: skip
    field = "base"


class WrongMoneyAccount(DomainError):
    code = "items.wrong_money_account"
    message = _("Account %(account)s is kept in %(found)s; these items are in %(expected)s. Choose "
                "an account in %(expected)s or in the company's currency.")  # fmt: skip
    field = "account"


class TooEarly(DomainError):
    code = "items.too_early"
    message = _("On %(date)s this was not owed yet. Use the date of the item or a later one.")
    field = "date"


class SettledMeanwhile(DomainError):
    code = "items.too_much"
    message = _("On %(date)s or later more would be settled than is owed. Look at the item's "
                "settlements, and use a later date or a smaller amount.")  # fmt: skip
    field = "amount"
    conflict = True


class AlreadyUndone(DomainError):
    code = "items.already_undone"
    message = _("This settlement is undone already. It can be undone once.")
    field = "settlement"
    conflict = True


class CannotUndo(DomainError):
    code = "items.cannot_undo"
    message = _("This is the undo of a settlement. Settle the item anew instead.")
    field = "settlement"
    conflict = True


class UndoneTooEarly(DomainError):
    code = "items.undone_too_early"
    message = _("This was settled on %(settled)s. Undo it on that day or later.")
    field = "date"


class UndoneWhereBooked(DomainError):
    code = "items.undone_where_booked"
    message = _("Entry %(number)s was booked elsewhere (%(source)s). Undo it there, and the item "
                "is open again.")  # fmt: skip
    field = "settlement"
    conflict = True


class CreditUsed(DomainError):
    code = "items.credit_used"
    message = _("Of item %(item)s a part is settled already. Undo that first.")
    field = "settlement"
    conflict = True


class SettlesToo(DomainError):
    code = "items.settles_too"
    message = _("Entry %(number)s settled items, too. Undo the settlement; what was paid beyond "
                "goes with it.")  # fmt: skip
    field = "entry"
    conflict = True


class CarriesItems(DomainError):
    code = "items.carries_items"
    message = _("Entry %(number)s carries or settles open items. Undo it under Open items, and its "
                "entry is reversed with it.")  # fmt: skip
    field = "entry"
    conflict = True


_BY_HINT = {"items.too_early": TooEarly, "items.too_much": SettledMeanwhile}


@contextmanager
def refused_by_database(date: dt.date) -> Iterator[None]:
    """Tell a refusal of the guards as what it is; anything else is a bug."""
    try:
        yield
    except DatabaseError as error:
        hint = getattr(getattr(error.__cause__, "diag", None), "message_hint", None)
        if hint in _BY_HINT:
            raise _BY_HINT[hint](date=date) from error
        if "settlement_undone_once" in str(error):
            raise AlreadyUndone from error
        raise
