"""Sale and scrapping of assets (Abgang): depreciation until then, proceeds, gain or loss; and undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounting.assets.errors import BeforeService, NothingToUndo, NotProceeds, NotTheLatest
from accounting.assets.holding import held
from accounting.assets.models import Asset, AssetMovement
from accounting.assets.moving import movable, standing
from accounting.assets.posting import OWNER, Place, Sums, mirror, of_result, post
from accounting.assets.registering import LineOfEntry, require_open, sold_by_line
from accounting.assets.standings import Outlook, live, outlooks, require_years_before
from accounting.ledger import posting
from accounting.ledger.errors import NoOpenYear
from accounting.ledger.models import EntryLine, FiscalYear, JournalEntry
from accounting.ledger.models.accounts import AccountType
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.money import ZERO

_Kind: Final = AssetMovement.Kind
MOST_PROCEEDS: Final = 100
SALE: Final = "asset-sale:"  # begins the source key of a sale that the register posted


@dataclass(frozen=True)
class Disposal:
    """What a disposal comes to, in the company's currency.

    ``depreciation`` is what is still booked until then; ``book`` the value that goes; ``result`` the
    gain, or the loss as a negative amount.
    """

    cost: Decimal
    accumulated: Decimal
    depreciation: Decimal
    proceeds: Decimal
    outlook: Outlook | None

    @property
    def book(self) -> Decimal:
        return self.cost - self.accumulated - self.depreciation

    @property
    def result(self) -> Decimal:
        return self.proceeds - self.book


def proceeds(asset: Asset) -> QuerySet[EntryLine]:
    """Credits that may be what a sale brought, the latest first: of invoices, cash, bank or journal.

    They are on the account of gains or on the asset's own, without VAT where there was any, of no other
    disposal, and no negative addition.
    """
    return _possible(asset.company).filter(
        account__in=[asset.category.account_id, asset.category.gain_id], date__gte=asset.acquired_on,
    ).order_by("-date", "-entry__number", "position")  # fmt: skip


def figures(asset: Asset, *, date: dt.date, line: EntryLine | None = None) -> Disposal:
    """What a disposal on a day would come to. Raises ``NoOpenYear``, ``YearBefore`` or ``NoRule``.

    Depreciation counts whole months: that of the disposal only where it is its last day.
    """
    year = FiscalYear.of(asset.company).filter(start__lte=date, end__gte=date).first()
    if year is None:
        raise NoOpenYear(date=date)
    require_years_before(asset.company, [asset], year=year, field="date")
    value = standing(asset, date)
    tomorrow = date + dt.timedelta(days=1)
    whole = date if tomorrow.day == 1 else date.replace(day=1) - dt.timedelta(days=1)
    outlook = None
    if whole >= year.start:
        outlook = next(iter(outlooks(asset.company, [asset], year=year, until=whole)), None)
    amount = min(outlook.amount if outlook else ZERO, max(value.book, ZERO))
    brought = line.credit if line is not None else ZERO
    return Disposal(value.cost, value.accumulated, amount, brought, outlook)


def disposable(asset: Asset, date: dt.date) -> Asset:
    """The asset as it is now, held, if it may be disposed of on a day.

    Raises ``Disposed``, ``BeforePurchase``, ``BeforeService`` or ``MovedLater``.
    """
    now = movable(asset, date)
    if date < now.in_service_on:
        raise BeforeService(asset=now.number, date=date, in_service=now.in_service_on)
    return now


@transaction.atomic
def dispose(
    asset: Asset, *, date: dt.date, by: User, sold_by: LineOfEntry | None = None, text: str = ""
) -> Asset:
    """Take an asset out of the books: sold for what the line ``sold_by`` brought, or scrapped.

    One entry: depreciation until then, cost and accumulated depreciation out, the proceeds off the
    account they were booked to, and the difference as a gain or loss. VAT stays where the sale was booked.
    Raises what ``disposable`` does, ``NotProceeds``, ``YearBefore``, and what ``posting.post`` raises.
    """
    now = disposable(asset, date)
    line = _proceeds_of(now, sold_by) if sold_by is not None else None
    found = figures(now, date=date, line=line)
    category, first, sums = now.category, Sums(), Sums()
    if found.depreciation:
        first.add(of_result(now, category.expense), found.depreciation)
        first.add(Place(category.credited), -found.depreciation)
    gone = found.accumulated + found.depreciation
    sums.add(Place(category.credited), gone)
    sums.add(Place(category.account), -found.cost)
    if line is not None:
        sums.add(Place(line.account, line.cost_centre, line.cost_object), found.proceeds)
    if found.result:
        account = category.gain if found.result > 0 else category.loss
        sums.add(of_result(now, account), -found.result)
    said = text.strip() or (_("Sale: %s") if line is not None else _("Scrapped: %s")) % now
    entry = post(now.company, date=date, text=said, first=first, sums=sums, by=by,
                 key=f"asset:{now.pk}")  # fmt: skip
    shared: dict[str, Any] = {"company": now.company, "asset": now, "category": category,
                              "date": date, "entry": entry}  # fmt: skip
    if found.depreciation:
        AssetMovement.unscoped.create(
            **shared, kind=_Kind.DEPRECIATION, depreciation=found.depreciation,
            told=found.outlook.told if found.outlook else {},
        )  # fmt: skip
    AssetMovement.unscoped.create(
        **shared, kind=_Kind.DISPOSAL, cost=-found.cost, depreciation=-gone, text=said[:200],
        proceeds_entry=line.entry if line is not None else None,
        proceeds_position=line.position if line is not None else None,
        told={"proceeds": f"{found.proceeds:.2f}", "book": f"{found.book:.2f}",
              "result": f"{found.result:.2f}"},
    )  # fmt: skip
    now.disposed_on, now.version = date, now.version + 1
    now.save(update_fields=["disposed_on", "version"])
    trail.record(company=now.company, by=by, action="asset.dispose", subject=now,
                 details={"date": date, "proceeds": found.proceeds, "result": found.result})  # fmt: skip
    return now


@transaction.atomic
def undo(asset: Asset, *, by: User, movement: int | None = None) -> Asset:
    """Undo the latest of an asset's movements that is not a run's.

    A purchase or what was taken over leaves the register alone, while its period is open; what was posted
    is reversed on its own day by the mirror image of its entry, a sale that the register posted along; an
    invoice stays, and may be credited. ``movement`` is the id of the one that is meant. Raises
    ``NothingToUndo``, ``NotTheLatest``, ``PeriodLocked``, and what ``posting.reverse`` raises.
    """
    now = held(asset)
    together = latest(now)
    if not together or together[0].run_id is not None:
        raise NothingToUndo(asset=now.number)
    last = together[-1]
    if movement is not None and movement != last.pk:
        raise NotTheLatest(asset=now.number, kind=last.get_kind_display(), date=last.date)
    if last.kind in {_Kind.OPENING, _Kind.PURCHASE}:
        require_open(now.company, [last])
        AssetMovement.of(now.company).filter(pk=last.pk).delete()
    else:
        reversal = None
        if last.entry is not None:
            reversal = posting.reverse(last.entry, date=last.date, by=by, owner=OWNER)
        mirror(together, date=last.date, entry=reversal)
        sale = last.proceeds_entry
        if sale is not None and sale.source_key.startswith(SALE):
            posting.reverse(sale, date=last.date, by=by, owner=OWNER)
    if last.kind == _Kind.DISPOSAL:
        now.disposed_on = None
    if last.kind == _Kind.TRANSFER:
        now.category = together[0].category
    now.version += 1
    now.save(update_fields=["disposed_on", "category", "version"])
    trail.record(company=now.company, by=by, action="asset.undo", subject=now,
                 details={"kind": last.kind, "date": last.date})  # fmt: skip
    return now


def latest(asset: Asset) -> Sequence[AssetMovement]:
    """The movements that stand and were made last, together; in the order they were made."""
    rows = live(asset.company).filter(asset=asset).order_by("-pk")
    newest = list(rows.select_related("entry__company", "proceeds_entry__company", "category")[:2])
    if not newest:
        return []
    last = newest[0]
    pair = last.kind in {_Kind.TRANSFER, _Kind.DISPOSAL} and len(newest) == 2
    if pair and newest[1].entry_id == last.entry_id and newest[1].date == last.date:
        before = newest[1].kind
        if before == last.kind or (last.kind == _Kind.DISPOSAL and before == _Kind.DEPRECIATION
                                   and last.entry_id is not None):  # fmt: skip
            return newest[::-1]
    return [last]


def _possible(company: Company) -> QuerySet[EntryLine]:
    added = live(company).filter(entry=OuterRef("entry"), position=OuterRef("position"))
    rows = EntryLine.of(company).select_related("account", "entry", "cost_centre", "cost_object")
    rows = rows.filter(credit__gt=0, entry__number__isnull=False, entry__reversals=None,
                       entry__reverses=None).exclude(entry__source=JournalEntry.Source.ASSETS)  # fmt: skip
    return rows.filter(~Exists(added), ~Exists(sold_by_line(company)))


def _proceeds_of(asset: Asset, sold_by: LineOfEntry) -> EntryLine:
    """The line that says what a sale brought. Raises ``NotProceeds``."""
    rows = _possible(asset.company).filter(entry=sold_by.entry, position=sold_by.position)
    line: EntryLine | None = rows.filter(
        Q(account__type=AccountType.INCOME) | Q(account=asset.category.account)
        | Q(account=asset.category.gain)
    ).first()  # fmt: skip
    if line is None:
        raise NotProceeds(line=sold_by.position, number=sold_by.entry.number or "–")
    return line


__all__ = [
    "SALE", "Disposal", "disposable", "dispose", "figures", "latest", "proceeds", "undo",
]  # fmt: skip
