"""Taking over what was open in the books before (Übernahme): one opening entry, many items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, JournalEntry
from accounting.open_items.errors import NoAmount, NothingToTakeOver, NotTakenOver
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import (
    OWNER,
    NewItem,
    Party,
    base_of,
    cancel,
    new_item,
    side_of,
    signed,
)
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An item of the books before (Übernahme): as ``NewItem``, with its party and document."""

    account: Account
    party: Party
    document: str
    document_date: dt.date
    item: NewItem
    currency: str = ""


def is_take_over(entry: JournalEntry) -> bool:
    """Whether an entry has taken items over."""
    return entry.kind == JournalEntry.Kind.OPENING and entry.source == OWNER


@transaction.atomic
def undo_take_over(item: OpenItem, *, date: dt.date, by: User) -> JournalEntry:
    """Undo the take-over that an item came with (Übernahme zurücknehmen): all of its items go.

    Raises ``NotTakenOver``, and what ``opening.cancel`` raises, such as ``CreditUsed`` where one is
    settled in part.
    """
    if not is_take_over(item.entry):
        raise NotTakenOver(number=item.entry.number)
    return cancel(item.entry, date=date, by=by)


@transaction.atomic
def take_over(
    *, company: Company, date: dt.date, items: Sequence[TakenOver], by: User, text: str,
    contra: Account | None = None, in_balance: bool = False, source_key: str = "",
) -> list[OpenItem]:  # fmt: skip
    """Take over what was open in the books before: one opening entry, and an item for each line.

    The other side is the opening account, unless ``contra`` says otherwise. With ``in_balance``
    the sum is on the control accounts already: each line stands against its own account, whose
    balance stays as it is. ``base`` is needed where the currency is not the company's;
    ``source_key`` tells where the items came from. Raises ``NothingToTakeOver``,
    ``PurposeMissing``, ``NoAmount`` and what ``posting.post`` raises.
    """
    if not items:
        raise NothingToTakeOver
    lines = [line_of(one, company) for one in items]
    against = _within(lines) if in_balance else _against(lines, contra or _opening(company))
    entry = posting.post(
        company=company, date=date, text=text, lines=[*lines, *against], by=by,
        kind=JournalEntry.Kind.OPENING, source=OWNER, source_key=source_key, owner=OWNER,
    )  # fmt: skip
    opened: list[OpenItem] = OpenItem.unscoped.bulk_create(
        (
            new_item(one.item, entry=entry, account=one.account, party=one.party, position=nth,
                  currency=one.currency or company.currency, document=one.document,
                  document_date=one.document_date)
            for nth, one in enumerate(items, 1)
        ), batch_size=1_000,
    )  # fmt: skip
    trail.record(company=company, by=by, action="items.take_over", subject=OpenItem(), details={
        "count": len(opened), "number": entry.number, "date": date,
        "first_id": opened[0].pk, "last_id": opened[-1].pk,
    })  # fmt: skip
    return opened


def line_of(one: TakenOver, company: Company) -> Line:
    """The line that an item which is taken over stands on. Raises ``NoAmount``."""
    base = base_of(one.item)
    if not one.item.amount or not base:
        raise NoAmount
    foreign: dict[str, Any] = {}
    sign = side_of(one.account).sign
    if one.currency not in {"", company.currency}:
        foreign = {"currency": one.currency, "amount_foreign": sign * one.item.amount}
    return signed(
        one.account, sign * base, text=f"{one.document} {one.party.name}"[:200], **foreign
    )


def _opening(company: Company) -> Account:
    found = Account.of(company).filter(purpose=Account.Purpose.OPENING).first()
    if found is None:
        raise PurposeMissing(purpose=Account.Purpose.OPENING.label)
    return found


def _against(lines: Sequence[Line], contra: Account) -> list[Line]:
    balance = sum((line.debit - line.credit for line in lines), ZERO)
    return [signed(contra, -balance)] if balance else []


def _within(lines: Sequence[Line]) -> list[Line]:
    """For each control account a line that takes its items' sum back."""
    found = []
    for account in {line.account.pk: line.account for line in lines}.values():
        mine = [line for line in lines if line.account.pk == account.pk]
        base = sum((line.debit - line.credit for line in mine), ZERO)
        amount = sum((line.amount_foreign or ZERO for line in mine), ZERO)
        kept: dict[str, Any] = {}
        if account.currency:
            kept = {"currency": account.currency, "amount_foreign": -amount}
        if base or (kept and amount):
            found.append(signed(account, -base, **kept))
    return found
