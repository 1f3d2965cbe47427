"""Booking lines of the bank from the reconciliation (Abstimmen): as suggested, or as somebody shares out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.banking import booking
from accounting.banking.matching import accepting
from accounting.banking.matching.choosing import Choice, ProposalGone, Share
from accounting.banking.matching.payments import payments_of
from accounting.banking.models import BankTransaction
from accounting.banking.reconciling.sharing import Slot, Wanted, shared_over
from accounting.banking.reconciling.suggesting import Source, Suggestion, line_of
from accounting.banking.rules.applying import book_rule
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import JournalEntry
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import Party
from erp.access.models import User
from erp.core.errors import DomainError


class NothingChosen(DomainError):
    code = "banking.nothing_chosen"
    message = _("Choose open items, or type an account.")
    field = "account"


class OneLineOnly(DomainError):
    code = "banking.one_line_only"
    message = _(
        "Several lines are marked. They take open items, or one account for all without amounts; mark "
        "one line to split it."
    )
    field = "account"


class TwoCurrencies(DomainError):
    code = "banking.two_currencies"
    message = _("%(item)s is in %(currency)s, the lines are not. Mark one line alone to settle it.")
    field = "items"


@transaction.atomic
def take(
    movement: BankTransaction, *, key: str, by: User, with_items: bool = True,
    rate: Decimal | None = None,
) -> JournalEntry:  # fmt: skip
    """Book a line as it was suggested, by the suggestion's key.

    ``rate`` as for booking; the day's official one without. Raises ``AlreadyBooked``,
    ``ProposalGone`` and what booking and accepting raise.
    """
    line = line_of(movement, with_items=with_items)
    if line is None:
        booking.waiting(movement)
        raise ProposalGone
    for found in line.suggestions:
        if found.key == key:
            return _taken(line.movement, found, by, rate)
    raise ProposalGone


def _taken(
    movement: BankTransaction, found: Suggestion, by: User, rate: Decimal | None
) -> JournalEntry:
    if found.source is Source.ITEMS:
        choices = [Choice.of(one) for one in found.proposals]
        return accepting.accept(movement, choices=choices, by=by, rate=rate)
    if found.fit is not None:
        return book_rule(movement, found.fit, by=by)
    assert found.contra is not None  # what is neither items nor a rule was learnt
    rate = booking.rate_of(movement.company, movement.bank_account, movement.booking_date, rate)
    told = {"reasons": [one.stored() for one in found.reasons]}
    return booking.book(movement, contra=[found.contra.typed()], by=by, rate=rate, told=told)


@transaction.atomic
def book_parts(
    movements: Sequence[BankTransaction], *, items: Sequence[Share] = (),
    lines: Sequence[TypedLine] = (), by: User, text: str = "", rate: Decimal | None = None,
    party: Party | None = None,
) -> list[JournalEntry]:  # fmt: skip
    """Book lines of the bank against items and accounts (Aufteilen): all of them, or none.

    One line takes any number of both; a typed line without an amount takes the rest. Several lines
    take items, in the order of their days, or one account that each goes to whole. What is paid
    beyond the items becomes a credit of their party, or of ``party``. Raises ``NothingChosen``,
    ``OneLineOnly``, ``TwoCurrencies`` and what booking and accepting raise.
    """
    if not movements or not (items or lines or party):
        raise NothingChosen
    rows = sorted(movements, key=lambda row: (row.booking_date, row.pk))
    if len(rows) > 1 and lines and (items or any(one.debit or one.credit for one in lines)):
        raise OneLineOnly
    if not items and not party:
        return [_freely(row, lines, by, text, rate) for row in rows]
    shares = _shared(rows, items)
    return [_settled(row, shares, lines, by, text, rate, party) for row in rows]


def _freely(
    row: BankTransaction, lines: Sequence[TypedLine], by: User, text: str, rate: Decimal | None
) -> JournalEntry:
    rate = booking.rate_of(row.company, row.bank_account, row.booking_date, rate)
    return booking.book(row, contra=lines, by=by, text=text, rate=rate)


def _settled(
    row: BankTransaction, shares: dict[tuple[int, int], list[Share]], lines: Sequence[TypedLine],
    by: User, text: str, rate: Decimal | None, party: Party | None,
) -> JournalEntry:  # fmt: skip
    payments = payments_of(row)
    if len(payments) == 1:
        chosen = shares.get((row.pk, payments[0].nth), [])
        choice = Choice(payments[0].nth, chosen, party=party, lines=lines)
        return accepting.accept(row, choices=[choice], by=by, text=text, rate=rate)
    choices = [
        Choice(one.nth, shares[row.pk, one.nth], party=party)
        for one in payments
        if (row.pk, one.nth) in shares
    ]
    return accepting.accept(row, choices=choices, by=by, text=text, rate=rate, rest=lines)


def _shared(
    rows: Sequence[BankTransaction], items: Sequence[Share]
) -> dict[tuple[int, int], list[Share]]:
    """Which payment of which line pays what; payments are named by line and place."""
    slots = [Slot((row.pk, one.nth), one.net) for row in rows for one in payments_of(row)]
    if len(slots) == 1:
        return {slots[0].name: list(items)}
    known = OpenItem.of(rows[0].company_id).in_bulk([share.item for share in items])
    wanted = []
    for share in items:
        item = known.get(share.item)
        if item is None:
            raise accepting.NoSuchItem(item=share.item)
        if item.currency != rows[0].bank_account.currency:
            raise TwoCurrencies(item=str(item), currency=item.currency)
        wanted.append(Wanted(share, item.sign))
    return shared_over(slots, wanted)
