"""Entering in a cash book (Kassenbuch führen): receipts, payments, transfers, items paid, and undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.cash.books import require_money_account
from accounting.cash.errors import (
    BookClosed,
    NotACard,
    NothingOwed,
    NothingPaid,
    NotKeptYet,
    NotOfBook,
    RateMissing,
    SharesDiffer,
    StatementDiffers,
)
from accounting.cash.models import CashBook
from accounting.cash.queries import balance_on
from accounting.ledger import posting
from accounting.ledger.entering import PurposeMissing, Reader, TypedLine
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items import settling
from accounting.open_items.models import Settlement
from accounting.open_items.opening import Party
from accounting.open_items.plans import Money, Part
from erp.access.models import User
from erp.core.money import ZERO, to_centimes
from erp.documents.models import StoredFile

SOURCE: Final = JournalEntry.Source.CASH


@dataclass(frozen=True, slots=True)
class Share:
    """What one account takes of a receipt or payment, with the VAT in it, in the book's currency.

    Positive as the whole is; a negative one, such as a discount taken off at once, stands on the
    book's own side.
    """

    account: str
    amount: Decimal
    text: str = ""
    vat_code: str = ""
    cost_centre: str = ""
    cost_object: str = ""
    supply_date: dt.date | None = None
    vat_rate: Decimal | None = None


@transaction.atomic
def record(
    *, book: CashBook, date: dt.date, text: str, amount: Decimal, shares: Sequence[Share],
    by: User, rate: Decimal | None = None, files: Sequence[StoredFile] = (), key: str = "",
) -> JournalEntry:  # fmt: skip
    """Enter a receipt (``amount`` positive) or a payment (negative) in the book's currency.

    ``shares`` say where it comes from or goes to, and come to the whole. ``rate`` is the company's
    currency per unit of a foreign book's. ``key`` names the wish: sent twice it is entered once.
    Returns the numbered entry. Raises ``BookClosed``, ``NotKeptYet``, ``NothingPaid``,
    ``SharesDiffer``, ``RateMissing``, ``BelowZero`` and what ``posting.post`` raises.
    """
    held = _held(book, date)
    if key and (before := _sent_before(held, key)) is not None:
        return before
    whole = abs(amount)
    if not amount:
        raise NothingPaid
    told = sum((share.amount for share in shares), ZERO)
    if told != whole or not shares:
        raise SharesDiffer(shares=told, amount=whole)
    reader = Reader(held.company)
    bases = _bases(held, [share.amount for share in shares], date, rate)
    typed = [
        _typed(held, share, base, inward=amount > 0, reader=reader)
        for share, base in zip(shares, bases, strict=True)
    ]
    line = money_line(held, amount, sum(bases, ZERO))
    return posting.post(
        company=held.company, date=date, text=text, by=by, voucher=_next_number(held),
        lines=[line, *reader.lines(typed, date=date)], vouchers=files, source=SOURCE,
        source_key=_key(held, key),
    )  # fmt: skip


@transaction.atomic
def transfer(
    *, book: CashBook, date: dt.date, amount: Decimal, by: User, other: Account | None = None,
    text: str = "", rate: Decimal | None = None, key: str = "",
) -> JournalEntry:  # fmt: skip
    """Bring money into the book (``amount`` positive) from a bank or another book, or take it there.

    Without ``other`` it goes by way of the account for transfers in transit, which the bank's
    statement balances. Raises ``NotAMoneyAccount``, ``PurposeMissing`` and what ``record`` raises.
    """
    found = other or _by_purpose(book, Purpose.TRANSFER)
    require_money_account(found, other_than=book.account, field="other")
    called = _("From %s") if amount > 0 else _("To %s")
    return record(
        book=book, date=date, text=text or (called % found)[:200], amount=amount, by=by,
        shares=[Share(found.number, abs(amount))], rate=rate, key=key,
    )  # fmt: skip


@transaction.atomic
def settle_card(
    *, book: CashBook, until: dt.date, amount: Decimal, date: dt.date, by: User,
    rate: Decimal | None = None, key: str = "",
) -> JournalEntry:  # fmt: skip
    """Settle a card's statement: what was owed at the end of ``until`` is paid on ``date``.

    ``amount`` is what the statement says is owed, positive; it must be what the book says. Paid
    from the book's ``settled_by``, else by way of the account for transfers in transit. Raises
    ``NotACard``, ``NothingOwed``, ``StatementDiffers`` and what ``record`` raises.
    """
    held = _held(book, date)
    if held.kind != CashBook.Kind.CARD:
        raise NotACard(name=held.name)
    if key and (before := _sent_before(held, key)) is not None:
        return before
    owed = -balance_on(held, until)
    if owed <= 0:
        raise NothingOwed(name=held.name, date=until)
    if owed != amount:
        raise StatementDiffers(statement=amount, book=owed, difference=amount - owed, date=until)
    paid_from = held.settled_by or _by_purpose(held, Purpose.TRANSFER)
    text = _("%(name)s: statement of %(day)s") % {"name": held.name, "day": f"{until:%d.%m.%Y}"}
    return record(
        book=held, date=date, text=text, amount=owed, by=by, rate=rate, key=key,
        shares=[Share(paid_from.number, owed)],
    )  # fmt: skip


@transaction.atomic
def settle_items(
    *, book: CashBook, date: dt.date, parts: Sequence[Part], amount: Decimal, by: User,
    base: Decimal | None = None, party: Party | None = None, account: Account | None = None,
    text: str = "", key: str = "",
) -> JournalEntry:  # fmt: skip
    """Settle open items of a customer or supplier from the book: ``settling.settle`` with its number.

    ``amount`` is in the items' currency and in the direction of their side, ``base`` the same in
    the company's. Raises what ``settle`` raises, ``BookClosed``, ``NotKeptYet`` and ``BelowZero``.
    """
    held = _held(book, date)
    money = Money(held.account, amount, base)
    return settling.settle(
        company=held.company, date=date, parts=parts, by=by, money=money, party=party,
        account=account, text=text, voucher=_next_number(held), source_key=_key(held, key),
    )  # fmt: skip


@transaction.atomic
def undo(*, book: CashBook, entry: JournalEntry, by: User, date: dt.date) -> JournalEntry:
    """Undo what was entered in the book by its mirror image; items that it settled are open again.

    On the entry's own day, or on ``date`` where that period is locked. Raises ``NotOfBook`` for
    what came from elsewhere, ``BelowZero``, and what ``posting.reverse`` raises.
    """
    held = CashBook.of(book.company).select_for_update(of=("self",)).get(pk=book.pk)
    lines = EntryLine.of(book.company).filter(entry=entry, account_id=held.account_id)
    ours = entry.source_key.startswith(f"{PREFIX}{held.pk}:")
    day = entry.date if posting.is_open(entry.company, entry.date) else date
    if lines.exists() and entry.source == SOURCE and ours:
        return posting.reverse(entry, date=day, by=by, owner=SOURCE)
    settled = Settlement.of(book.company).filter(entry=entry).select_related("entry__company")
    found = settled.exclude(kind=Settlement.Kind.UNDO).order_by("pk").first()
    if found is None or not ours or not lines.exists():
        raise NotOfBook(number=entry.number)
    return settling.undo(found, date=day, by=by)


PREFIX: Final = "book:"


def money_line(book: CashBook, amount: Decimal, base: Decimal) -> Line:
    """The book's own line: ``amount`` in its currency, receipts positive; ``base`` without sign."""
    foreign: dict[str, Any] = (
        {"currency": book.currency, "amount_foreign": amount} if book.is_foreign else {}
    )
    if amount > 0:
        return Line(book.account, debit=base, **foreign)
    return Line(book.account, credit=base, **foreign)


def hold(book: CashBook) -> CashBook:
    """The book as it is now, held until the transaction ends: entries in it wait for each other."""
    rows = CashBook.of(book.company).select_related("company", "account", "settled_by")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=book.pk)


def _held(book: CashBook, date: dt.date) -> CashBook:
    held = hold(book)
    if held.is_closed:
        raise BookClosed(name=held.name)
    if date < held.kept_from:
        raise NotKeptYet(name=held.name, kept_from=held.kept_from)
    return held


def _next_number(book: CashBook) -> str:
    """The next number of a book that is held; a refusal later gives it back."""
    book.last_number += 1
    book.save(update_fields=["last_number"])
    return f"{book.prefix}{book.last_number}"


def _key(book: CashBook, key: str) -> str:
    return f"{PREFIX}{book.pk}:{key or book.last_number}"[:100]


def _sent_before(book: CashBook, key: str) -> JournalEntry | None:
    rows = JournalEntry.of(book.company).select_related("company")
    return rows.filter(source=SOURCE, source_key=_key(book, key)).first()


def _bases(
    book: CashBook, amounts: Sequence[Decimal], date: dt.date, rate: Decimal | None
) -> list[Decimal]:
    """Amounts in the company's currency: each converted, and the first takes what rounding leaves."""
    if not book.is_foreign:
        return list(amounts)
    if rate is None:
        raise RateMissing(currency=book.currency, date=date)
    found = [to_centimes(amount * rate) for amount in amounts]
    found[0] += to_centimes(sum(amounts, ZERO) * rate) - sum(found, ZERO)
    return found


def _typed(
    book: CashBook, share: Share, base: Decimal, *, inward: bool, reader: Reader
) -> TypedLine:
    """A share as a typed line on the other side of the book's."""
    on_credit = inward == (share.amount > 0)
    account = reader.accounts.get(share.account.strip())
    same = account is not None and book.is_foreign and account.currency == book.currency
    return TypedLine(
        account=share.account, debit=ZERO if on_credit else abs(base),
        credit=abs(base) if on_credit else ZERO, text=share.text, vat_code=share.vat_code,
        vat_rate=share.vat_rate, supply_date=share.supply_date, cost_centre=share.cost_centre,
        cost_object=share.cost_object, currency=book.currency if same else "",
        amount_foreign=abs(share.amount) if same else None,
    )  # fmt: skip


def _by_purpose(book: CashBook, purpose: Purpose) -> Account:
    found = Account.of(book.company).filter(purpose=purpose).first()
    if found is None:
        raise PurposeMissing(purpose=purpose.label)
    return found
