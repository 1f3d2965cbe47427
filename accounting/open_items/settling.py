"""Settling items (ausgleichen), and undoing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import posting
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.open_items.errors import (
    AlreadyUndone,
    CannotUndo,
    CreditUsed,
    LineDiffers,
    MixedItems,
    MoreThanOpen,
    PartyMissing,
    UndoneTooEarly,
    UndoneWhereBooked,
)
from accounting.open_items.models import OpenItem, ResidueLimit, Settlement
from accounting.open_items.opening import (
    OWNER,
    NewItem,
    Party,
    open_items,
    side_of,
    write_items,
)
from accounting.open_items.planning import plan
from accounting.open_items.plans import Money, Part, Plan
from accounting.open_items.recording import Row, record
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO


class SettledAlready(DomainError):
    code = "items.settled_already"
    message = gettext_lazy("This was settled a moment ago, by entry %(number)s.")
    conflict = True


def preview(company: Company, *, date: dt.date, parts: Sequence[Part], money: Money | None = None,
            account: Account | None = None, party: Party | None = None,
            clear_residues: bool = True) -> Plan:  # fmt: skip
    """What ``settle`` would post, line by line with its reason. Raises what it would raise."""
    return plan(company, date=date, parts=parts, money=money, account=account, party=party,
                clear_residues=clear_residues)  # fmt: skip


@transaction.atomic
def settle(
    *,
    company: Company,
    date: dt.date,
    parts: Sequence[Part],
    by: User,
    money: Money | None = None,
    account: Account | None = None,
    party: Party | None = None,
    clear_residues: bool = True,
    text: str = "",
    voucher: str = "",
    source_key: str = "",
) -> JournalEntry:
    """Settle items in one entry: by a payment, discount, write-off, or against each other.

    See ``planning.plan`` for what goes in. ``source_key`` names the wish: sent twice it is settled
    once. Returns the entry. Raises what ``plan`` and ``posting.post`` raise, ``SettledAlready``,
    and ``TooEarly`` or ``SettledMeanwhile`` where the day does not fit the item's history.
    """
    held = hold(company, [part.item for part in parts])
    if source_key:
        before = JournalEntry.of(company).filter(source=OWNER, source_key=source_key).first()
        if before is not None:
            raise SettledAlready(number=before.number)
    found = plan(
        company, date=date, parts=[replace(part, item=held[part.item.pk]) for part in parts],
        money=money, account=account, party=party, clear_residues=clear_residues,
    )  # fmt: skip
    entry = posting.post(
        company=company, date=date, text=text or _called(found),
        lines=[planned.line for planned in found.lines], by=by, voucher=voucher,
        source=OWNER, source_key=source_key, owner=OWNER,
    )  # fmt: skip
    record([Row(r.item, r.kind, r.amount, r.base, r.position) for r in found.rows],
           entry=entry, by=by)  # fmt: skip
    if found.credit is not None:
        assert found.party is not None  # the plan asked for it
        open_items(
            entry=entry, account=found.account, party=found.party, by=by,
            document=voucher, position=found.credit.position,
            items=[NewItem(found.credit.amount, date, base=found.credit.base)],
        )  # fmt: skip
    return entry


def net(company: Company, *, items: Iterable[OpenItem], date: dt.date, by: User,
        text: str = "") -> JournalEntry:  # fmt: skip
    """Set credits of a party off against what it owes (verrechnen), the earliest due first.

    As much as the smaller side allows; the rest stays open. Raises what ``settle`` raises.
    """
    rows = sorted(items, key=lambda item: (item.due_date, item.pk))
    owed = sum((i.open_amount for i in rows if i.open_amount > 0), ZERO)
    credit = -sum((i.open_amount for i in rows if i.open_amount < 0), ZERO)
    left = {1: min(owed, credit), -1: min(owed, credit)}
    parts = []
    for item in rows:
        way = 1 if item.open_amount > 0 else -1
        taken = min(abs(item.open_amount), left[way])
        left[way] -= taken
        parts.append(Part(item, paid=way * taken))
    return settle(company=company, date=date, parts=parts, by=by, text=text)


@transaction.atomic
def set_off(
    company: Company, *, entries: Sequence[int], date: dt.date, by: User, text: str = ""
) -> JournalEntry | None:
    """Set a credit note off against its invoice, by their entries, as far as both are open.

    Returns the entry, or None where there is nothing to set off. Raises what ``settle`` raises.
    """
    items = [i for i in OpenItem.of(company).filter(entry__in=entries) if i.open_amount]
    owed = [item for item in items if item.open_amount > 0]
    if not owed or len(owed) == len(items) or len({item.account_id for item in items}) > 1:
        return None
    day = max([date, *(item.opened_on for item in items)])
    return net(company, items=items, date=day, by=by, text=text)


@transaction.atomic
def settle_by_line(
    *, entry: JournalEntry, account: Account, shares: Sequence[tuple[OpenItem, Decimal]], by: User,
    position: int | None = None, party: Party | None = None,
) -> list[Settlement]:  # fmt: skip
    """Let a line that is posted already settle items, such as that of a bank booking.

    Hold the items (``hold``) before the entry is posted, so that nobody waits for each other. What
    the line has beyond the shares becomes a credit of ``party``. Only in the company's currency:
    what needs a currency difference is posted by ``settle``. Raises ``NoSuchLine``,
    ``MixedItems``, ``MoreThanOpen``, ``LineDiffers`` or ``PartyMissing``.
    """
    company, side = entry.company, side_of(account)
    held = hold(company, [item for item, _share in shares])
    lines = EntryLine.of(company).filter(entry=entry, account=account)
    found = list(lines.filter(position=position) if position else lines[:2])
    whole = sum((side.sign * (line.credit - line.debit) for line in found[:1]), ZERO)
    for item, share in shares:
        now = held[item.pk]
        if now.currency != company.currency or now.account_id != account.pk:
            raise MixedItems
        if share * now.amount <= 0 or abs(share) > abs(now.open_amount):
            raise MoreThanOpen(item=str(now), open=now.open_amount, wanted=share)
    over = whole - sum((share for _item, share in shares), ZERO)
    if len(found) != 1 or over * whole < 0:
        raise LineDiffers(account=account.number, line=whole, items=whole - over)
    place = found[0].position
    written = record(
        [Row(held[item.pk], Settlement.Kind.PAYMENT, share, share, place)
         for item, share in shares], entry=entry, by=by,
    )  # fmt: skip
    if over:
        items = [held[item.pk] for item, _share in shares]
        if party is None and len({(i.contact_id, i.party) for i in items}) == 1:
            party = Party(items[0].party, items[0].contact_id)
        if party is None:
            raise PartyMissing(amount=over)
        write_items([NewItem(-over, entry.date, base=-over)], entry=entry, account=account,
                    party=party, currency=company.currency, position=place, by=by)  # fmt: skip
    return written


@transaction.atomic
def undo(settlement: Settlement, *, date: dt.date, by: User, text: str = "") -> JournalEntry:
    """Undo a settlement: its entry is reversed, and all that the entry settled is open again.

    Raises ``CannotUndo``, ``AlreadyUndone``, ``UndoneWhereBooked``, ``CreditUsed`` where an
    overpayment it brought is used, ``TooEarly``, and what ``posting.reverse`` raises.
    """
    if settlement.kind == Settlement.Kind.UNDO:
        raise CannotUndo
    entry = settlement.entry
    if entry.source != OWNER:
        raise UndoneWhereBooked(number=entry.number, source=entry.get_source_display())
    if date < settlement.date:
        raise UndoneTooEarly(settled=settlement.date)
    hold_of_entry(entry)
    if Settlement.of(entry.company).filter(undoes__entry=entry).exists():
        raise AlreadyUndone
    _require_unused(entry)
    mirror = posting.reverse(entry, date=date, by=by, text=text, owner=OWNER)
    release(entry, mirror=mirror, by=by)
    return mirror


@transaction.atomic
def release(entry: JournalEntry, *, mirror: JournalEntry, by: User) -> list[Settlement]:
    """Open again what an entry settled, now that ``mirror`` has reversed it.

    For rooms that undo their own entries, such as banking, in the transaction of the reversal. What
    the entry itself had opened again, as when a payment came back, is settled again as before.
    Raises ``CreditUsed`` or ``AlreadyUndone``.
    """
    hold_of_entry(entry)
    if Settlement.of(entry.company).filter(undoes__entry=entry).exists():
        raise AlreadyUndone
    _require_unused(entry)
    written = Settlement.of(entry.company).filter(entry=entry).select_related("item", "undoes")
    rows = [_opposite(s) for s in written.order_by("pk")]
    rows += [Row(i, Settlement.Kind.UNDO, i.amount, i.base, i.position)
             for i in OpenItem.of(entry.company).filter(entry=entry).order_by("pk")]  # fmt: skip
    return record(rows, entry=mirror, by=by)


def writes_off(settlement: Settlement) -> bool:
    """Whether undoing this would undo a write-off, too."""
    rows = Settlement.of(settlement.company_id).filter(entry=settlement.entry_id)
    return rows.filter(kind=Settlement.Kind.WRITE_OFF).exists()


def hold(company: Company, items: Iterable[OpenItem]) -> dict[int, OpenItem]:
    """The items as they are now, held until the transaction ends, always in the same order."""
    ids = sorted({item.pk for item in items})
    list(OpenItem.of(company).select_for_update().filter(pk__in=ids).order_by("pk"))
    rows = OpenItem.of(company).filter(pk__in=ids).select_related("account")
    return {item.pk: item for item in rows}


@transaction.atomic
def set_residue_limit(
    company: Company, *, valid_from: dt.date, amount: Decimal, by: User
) -> ResidueLimit:
    """Set up to what residues are cleared by rule from a day on; zero clears none."""
    limit, _new = ResidueLimit.unscoped.update_or_create(
        company=company, valid_from=valid_from, defaults={"amount": amount}
    )
    trail.record(company=company, by=by, action="residue_limit.set", subject=limit,
                 details=trail.filled(trail.values(limit, "valid_from", "amount")))  # fmt: skip
    return limit


def hold_of_entry(entry: JournalEntry) -> None:
    """Hold the items that an entry settled or opened, until the transaction ends."""
    settled = Settlement.of(entry.company).filter(entry=entry).values("item")
    rows = OpenItem.of(entry.company).select_for_update()
    list((rows.filter(pk__in=settled) | rows.filter(entry=entry)).order_by("pk"))


def _opposite(done: Settlement) -> Row:
    """What takes a settlement back; after an undo the item is settled again, as it was before."""
    if done.kind != Settlement.Kind.UNDO:
        return Row(done.item, Settlement.Kind.UNDO, -done.amount, -done.base, done.position, done)
    kind = Settlement.Kind.UNDO if done.undoes is None else done.undoes.kind
    return Row(done.item, kind, -done.amount, -done.base, done.position)


def _require_unused(entry: JournalEntry) -> None:
    for item in OpenItem.of(entry.company).filter(entry=entry):
        if item.open_amount != item.amount:
            raise CreditUsed(item=str(item))


def _called(found: Plan) -> str:
    """What the entry is called unless somebody says otherwise."""
    names = dict.fromkeys(row.item.document or row.item.party for row in found.rows)
    party = found.party.name if found.party else ""
    return _("Settled: %s")[:40].replace("%s", ", ".join([*names] or [party]))[:200]
