"""Several payments in one entry (Sammelbuchung): each planned by itself, all posted together.

For rooms that bring the money, such as banking: theirs are the first lines of the entry, the items
follow. A block is what becomes of one payment: its lines, and what they settle or open again.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.lines import Line, line_of
from accounting.ledger.models import Account, EntryLine, JournalEntry
from accounting.open_items.errors import AlreadyUndone, CreditUsed, NothingToSettle
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import OWNER, NewItem, Party, open_items
from accounting.open_items.planning import plan
from accounting.open_items.plans import Money, Part, PlannedLine
from accounting.open_items.recording import Row, record
from accounting.open_items.settling import hold
from erp.access.models import User
from erp.companies.models import Company


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: what becomes of its items, as ``settling.settle`` takes it.

    ``money`` names the account it came in on and its amounts, before charges.
    """

    parts: Sequence[Part]
    money: Money
    party: Party | None = None
    account: Account | None = None


@dataclass
class Block:
    """The lines of one payment without its money; rows and credit count positions from its first."""

    lines: list[PlannedLine] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    credit: tuple[NewItem, Account, Party, int] | None = None

    @property
    def positions(self) -> list[int]:
        """Where its control lines stand."""
        found = {row.position for row in self.rows}
        return sorted(found | {self.credit[3]} if self.credit else found)


def blocks_of(
    company: Company, *, date: dt.date, payments: Sequence[Payment], clear_residues: bool = True
) -> list[Block]:
    """What payments would post, one after the other: an item that the first pays in part is open
    for the next one with the rest. Raises what ``planning.plan`` raises. Nothing is written.
    """
    left: dict[int, OpenItem] = {}
    blocks = []
    for payment in payments:
        if not payment.money.amount:
            raise NothingToSettle
        parts = [replace(part, item=left.get(part.item.pk, part.item)) for part in payment.parts]
        found = plan(company, date=date, parts=parts, money=payment.money, party=payment.party,
                     account=payment.account, clear_residues=clear_residues)  # fmt: skip
        block = Block(lines=found.lines[1:])
        block.rows = [Row(r.item, r.kind, r.amount, r.base, r.position - 1) for r in found.rows]
        if found.credit is not None:
            assert found.party is not None  # the plan asked for it
            credit = NewItem(found.credit.amount, date, base=found.credit.base)
            block.credit = (credit, found.account, found.party, found.credit.position - 1)
        for row in found.rows:
            rest = left.setdefault(row.item.pk, copy.copy(row.item))
            rest.open_amount -= row.amount
            rest.open_base -= row.base
        blocks.append(block)
    return blocks


def taken_back(entry: JournalEntry, positions: Iterable[int] | None = None) -> Block:
    """What opens again the items that an entry settled, when the money itself goes back (Rückläufer).

    ``positions`` are control lines of the entry, all where it is None; the lines after each, such
    as discount and its tax, go with it. An overpayment that it brought is closed. Hold the items of
    the entry (``settling.hold_of_entry``) first. Raises ``AlreadyUndone`` or ``CreditUsed``.
    """
    entry, wanted = _standing(entry, None if positions is None else set(positions))
    undo = Settlement.Kind.UNDO
    rows = Settlement.of(entry.company_id).filter(entry=entry).exclude(undoes__isnull=False)
    settled = list(rows.select_related("item").order_by("position", "pk"))
    opened = list(OpenItem.of(entry.company_id).filter(entry=entry).order_by("pk"))
    credits = [(item, item.position) for item in opened]
    credits += [(row.item, row.position) for row in settled if row.kind == undo]
    settled = [row for row in settled if row.kind != undo]
    controls = {row.position for row in settled} | {position for _item, position in credits}
    if wanted is not None:
        settled = [row for row in settled if row.position in wanted]
        credits = [(item, position) for item, position in credits if position in wanted]
    if not (settled or credits):
        raise AlreadyUndone
    for item, _position in credits:
        if item.open_amount != item.amount:
            raise CreditUsed(item=str(item))
    block, placed, taking = Block(), dict[int, int](), False
    lines = EntryLine.of(entry.company_id).filter(entry=entry).order_by("position")
    for stored in lines.select_related("account", "cost_centre", "cost_object", "vat_code"):
        if stored.position in controls:
            taking = wanted is None or stored.position in wanted
        if taking:
            block.lines.append(PlannedLine(line_of(stored).mirrored(), _("open again")))
            placed[stored.position] = len(block.lines)
    block.rows = [
        Row(row.item, undo, -row.amount, -row.base, placed[row.position], undoes=row)
        for row in settled
    ]
    block.rows += [Row(i, undo, i.amount, i.base, placed[position]) for i, position in credits]
    return block


def _standing(
    entry: JournalEntry, positions: set[int] | None
) -> tuple[JournalEntry, set[int] | None]:
    """Where what an entry settled stands now: if it was taken back, and that was undone, then in the
    reversal of the taking back. Raises ``AlreadyUndone`` where it is open.
    """
    rows = Settlement.of(entry.company_id).filter(undoes__entry=entry)
    if positions is not None:
        rows = rows.filter(undoes__position__in=positions)
    first = rows.order_by("-pk").select_related("entry").first()
    if first is None:
        return entry, positions
    back = JournalEntry.of(entry.company_id).filter(reverses=first.entry_id).first()
    if back is None:
        raise AlreadyUndone
    block = Settlement.of(entry.company_id).filter(entry=first.entry_id)
    return _standing(back, set(block.values_list("position", flat=True)))


@transaction.atomic
def post_blocks(
    *, company: Company, date: dt.date, money: Sequence[Line], blocks: Sequence[Block], by: User,
    text: str, voucher: str = "", source: str, source_key: str = "",
) -> tuple[JournalEntry, list[list[int]]]:  # fmt: skip
    """Post the money's own lines and the blocks as one entry, and record what they settle.

    Returns the entry, and for each block where its control lines stand. The items are held by the
    caller, before anything is posted. Raises what ``posting.post`` and ``recording.record`` raise.
    """
    lines, offsets = list(money), []
    for block in blocks:
        offsets.append(len(lines))
        lines += [planned.line for planned in block.lines]
    entry = posting.post(company=company, date=date, text=text, lines=lines, by=by, voucher=voucher,
                         source=source, source_key=source_key, owner=OWNER)  # fmt: skip
    placed = list(zip(blocks, offsets, strict=True))
    record([replace(row, position=row.position + offset) for block, offset in placed
            for row in block.rows], entry=entry, by=by)  # fmt: skip
    for block, offset in placed:
        if block.credit is not None:
            credit, account, party, position = block.credit
            open_items(entry=entry, account=account, party=party, by=by, document=voucher,
                       position=position + offset, items=[credit])  # fmt: skip
    return entry, [[p + offset for p in block.positions] for block, offset in placed]


def held_items(
    company: Company, ids: Iterable[int], *, entries: Sequence[JournalEntry] = ()
) -> dict[int, OpenItem]:
    """Items by their ids, and those that ``entries`` settled or opened, held until the transaction
    ends, all in one order. Unknown ids are left out.
    """
    rows = OpenItem.of(company)
    settled = Settlement.of(company).filter(entry__in=entries).values("item")
    found = rows.filter(Q(pk__in=set(ids)) | Q(pk__in=settled) | Q(entry__in=entries))
    return hold(company, found)
