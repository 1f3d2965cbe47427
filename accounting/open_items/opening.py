"""Opening items (offene Posten eröffnen): with the entry that makes somebody owe something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from accounting.ledger import posting
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.open_items.errors import (
    AlreadyUndone,
    CreditUsed,
    LineDiffers,
    NoAmount,
    NoSuchLine,
    NotAControlAccount,
    SettlesToo,
)
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.recording import Row, record
from erp.access.models import User
from erp.audit import trail
from erp.core.money import ZERO, split_by

#: Who posts to control accounts, as the ledger asks for it (``owner``).
OWNER = JournalEntry.Source.ITEMS


@dataclass(frozen=True, slots=True)
class Party:
    """Who owes, or is owed: the contact's id, where there is one, and the name as it is now."""

    name: str
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """An invoice or instalment to be owed; amounts positive in the direction of the side.

    ``amount`` is in the document's currency, ``base`` the same in the company's; where ``base`` is
    left out, the line is shared out by the amounts. ``discount_percent`` may be taken off until ``discount_until``.
    """

    amount: Decimal
    due_date: dt.date
    base: Decimal | None = None
    reference: str = ""
    text: str = ""
    discount_percent: Decimal | None = None
    discount_until: dt.date | None = None


def side_of(account: Account) -> Side:
    """The side whose control account this is. Raises ``NotAControlAccount``."""
    if account.control not in Side.values:
        raise NotAControlAccount(account=account.number)
    return Side(account.control)


@transaction.atomic
def open_items(
    *,
    entry: JournalEntry,
    account: Account,
    party: Party,
    items: Sequence[NewItem],
    by: User,
    document: str = "",
    document_date: dt.date | None = None,
    position: int | None = None,
) -> list[OpenItem]:
    """Open the items of a document on the line of its entry, in the transaction that posted it.

    Several items are instalments: together they come to the line, to the centime. ``position``
    names the line where the entry has several on the control account. Currency and sign come from
    the line. Returns the items in order. Raises ``NotAControlAccount``, ``NoSuchLine``,
    ``NoAmount`` or ``LineDiffers``.
    """
    side = side_of(account)
    line = _line(entry, account, position)
    amount, base = _told(line, side)
    currency = line.currency or entry.company.currency
    total = sum((item.amount for item in items), ZERO)
    if any(not item.amount for item in items) or not items:
        raise NoAmount
    if total != amount:
        raise LineDiffers(account=account.number, line=amount, items=total)
    bases = _bases(items, base, own=currency == entry.company.currency)
    if sum(bases, ZERO) != base:
        raise LineDiffers(account=account.number, line=base, items=sum(bases, ZERO))
    return write_items(
        [replace(item, base=one) for item, one in zip(items, bases, strict=True)],
        entry=entry, account=account, party=party, currency=currency, position=line.position,
        document=document, document_date=document_date, by=by,
    )  # fmt: skip


def write_items(
    items: Sequence[NewItem], *, entry: JournalEntry, account: Account, party: Party,
    currency: str, position: int, by: User, document: str = "",
    document_date: dt.date | None = None,
) -> list[OpenItem]:  # fmt: skip
    """Write items whose ``base`` is known; at the commit the database compares them with the line."""
    opened: list[OpenItem] = OpenItem.unscoped.bulk_create(
        new_item(item, entry=entry, account=account, party=party, currency=currency,
              position=position, document=document, document_date=document_date)
        for item in items
    )  # fmt: skip
    told = trail.values(opened[0], "party", "document", "currency")
    total = sum((item.amount for item in items), ZERO)
    trail.record(company=entry.company, by=by, action="item.open", subject=opened[0],
                 details=trail.filled({**told, "amount": total, "count": len(items)}))  # fmt: skip
    return opened


def open_item(
    *,
    entry: JournalEntry,
    account: Account,
    party: Party,
    due_date: dt.date,
    by: User,
    document: str = "",
    document_date: dt.date | None = None,
    reference: str = "",
    discount_percent: Decimal | None = None,
    discount_until: dt.date | None = None,
    position: int | None = None,
) -> OpenItem:
    """Open one item for the whole line of an entry. Raises what ``open_items`` raises."""
    amount, _base = _told(_line(entry, account, position), side_of(account))
    (item,) = open_items(
        entry=entry, account=account, party=party, by=by, document=document,
        document_date=document_date, position=position,
        items=[NewItem(amount, due_date, reference=reference, discount_percent=discount_percent,
                       discount_until=discount_until)],
    )  # fmt: skip
    return item


@transaction.atomic
def cancel(entry: JournalEntry, *, date: dt.date, by: User, text: str = "") -> JournalEntry:
    """Undo the entry of a document (Rechnung stornieren): reversed, and its items closed by that.

    Raises ``SettlesToo`` for an entry that settled something, ``CreditUsed`` where a part is
    settled, ``AlreadyUndone`` where it was cancelled before, and what
    ``posting.reverse`` raises.
    """
    items = list(
        OpenItem.of(entry.company).select_for_update().filter(entry=entry).order_by("pk")
    )  # fmt: skip
    if Settlement.of(entry.company).filter(entry=entry).exists():
        raise SettlesToo(number=entry.number)
    undone = Settlement.of(entry.company).filter(
        item__in=items, kind=Settlement.Kind.UNDO, undoes=None
    )
    if undone.exists():
        raise AlreadyUndone
    for item in items:
        if item.open_amount != item.amount:
            raise CreditUsed(item=str(item))
    mirror = posting.reverse(entry, date=date, by=by, text=text, owner=OWNER)
    record(
        [Row(i, Settlement.Kind.UNDO, i.amount, i.base, i.position) for i in items],
        entry=mirror, by=by,
    )  # fmt: skip
    return mirror


def signed(account: Account, amount: Decimal, **more: object) -> Line:
    """A line of an amount that is debit positive."""
    side = {"debit": amount} if amount > 0 else {"credit": -amount}
    return Line(account, **side, **more)  # type: ignore[arg-type]


def new_item(
    item: NewItem, *, entry: JournalEntry, account: Account, party: Party, currency: str,
    position: int, document: str, document_date: dt.date | None,
) -> OpenItem:  # fmt: skip
    """An item as it begins, not written yet."""
    base = base_of(item)
    return OpenItem(
        company=entry.company, side=side_of(account), account=account, contact_id=party.contact,
        party=party.name[:140], document=document[:40], document_date=document_date or entry.date,
        reference=item.reference, text=item.text, due_date=item.due_date,
        discount_percent=item.discount_percent, discount_until=item.discount_until,
        currency=currency, amount=item.amount, base=base, entry=entry, position=position,
        opened_on=entry.date, open_amount=item.amount, open_base=base,
    )  # fmt: skip


def base_of(item: NewItem) -> Decimal:
    """What an item stands for in the company's currency."""
    return item.amount if item.base is None else item.base


def _line(entry: JournalEntry, account: Account, position: int | None) -> EntryLine:
    found = EntryLine.of(entry.company).filter(entry=entry, account=account)
    rows = list(found.filter(position=position) if position else found[:2])
    if len(rows) != 1:
        raise NoSuchLine(entry=entry.number, account=account.number)
    line: EntryLine = rows[0]
    return line


def _told(line: EntryLine, side: Side) -> tuple[Decimal, Decimal]:
    """What a line says, in its currency and in the books, in the direction of the side."""
    base = side.sign * (line.debit - line.credit)
    return (base if line.amount_foreign is None else side.sign * line.amount_foreign), base


def _bases(items: Sequence[NewItem], base: Decimal, *, own: bool) -> list[Decimal]:
    if own:
        return [item.amount for item in items]
    if all(item.base is not None for item in items):
        return [item.base for item in items if item.base is not None]
    return split_by(base, [abs(item.amount) for item in items])
