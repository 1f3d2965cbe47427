"""Bringing assets into the register (Anlagen aufnehmen): from a line of the ledger, or taken over.

Neither posts anything: the purchase stands in the ledger already, and what is taken over is in its
opening balance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import IntegerField, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounting.assets.categories import require_complete
from accounting.assets.errors import (
    AssetInUse,
    BadAmount,
    CategoryDiffers,
    DayStays,
    Disposed,
    DisposedBefore,
    LineTaken,
    NameMissing,
    NoRule,
    NotAnAssetLine,
    NothingLeft,
    NumberTaken,
    ServiceAfterDisposal,
    ServiceBeforePurchase,
)
from accounting.assets.holding import held, hold
from accounting.assets.models import Asset, AssetCategory, AssetMovement, AssetVoucher
from accounting.assets.standings import Value, live, rules_by_category, values
from accounting.ledger import posting
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import EntryLine, FiscalYear, JournalEntry, Period
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO, to_centimes
from erp.core.texts import one_line

FIRST_NUMBER: Final = 1001
LARGEST: Final = Decimal("9999999999999.99")
TOLD: Final = (
    "number", "name", "category", "cost_centre", "cost_object", "acquired_on", "in_service_on",
    "serial_number", "location", "notes", "method", "rate", "life_months", "residual", "voucher",
)  # fmt: skip
_Kind = AssetMovement.Kind


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An asset with its ``cost`` and the depreciation until ``date``, in the company's currency."""

    asset: Asset
    date: dt.date
    cost: Decimal
    accumulated: Decimal


@dataclass(frozen=True, slots=True)
class LineOfEntry:
    """A posted line, by its entry and place."""

    entry: JournalEntry
    position: int


def next_number(company: Company) -> str:
    """The number after the highest one that is digits alone."""
    numbered = Asset.of(company).filter(number__regex=r"^[0-9]{1,9}$")
    top = numbered.aggregate(top=Max(Cast("number", IntegerField())))["top"]
    return str(top + 1 if top is not None else FIRST_NUMBER)


@dataclass
class _Known:
    """What assets are checked against: numbers that are taken, and categories that have a rule."""

    names: dict[str, str]
    ruled: set[int]
    following: int
    locked: list[tuple[dt.date, dt.date]]  # periods after the first fiscal year

    @classmethod
    def of(cls, company: Company, *, but: int | None = None) -> _Known:
        names = dict(Asset.of(company).exclude(pk=but or 0).values_list("number", "name"))
        first = FiscalYear.of(company).order_by("start").values("start")[:1]
        later = Period.of(company).filter(fiscal_year__start__gt=Subquery(first))
        locked = list(later.filter(lock=Period.Lock.LOCKED).values_list("start", "end"))
        return cls(names, set(rules_by_category(company)), int(next_number(company)), locked)

    def check_day(self, day: dt.date) -> None:
        """What is taken over changes no balance of a locked period; it may be in the opening balance of the
        first fiscal year. Raises ``PeriodLocked``.
        """
        if any(start <= day <= end for start, end in self.locked):
            raise PeriodLocked(field="date", date=day)

    def check(self, asset: Asset) -> None:
        """Put an asset's texts in order, number it if it has none, and refuse what is not possible.

        Raises what ``save_asset`` raises.
        """
        _tidy(asset)
        if not asset.pk and not asset.number:
            asset.number, self.following = str(self.following), self.following + 1
        if not asset.number or not asset.name:
            raise NameMissing(field="name" if asset.number else "number")
        if asset.number in self.names:
            raise NumberTaken(value=asset.number, name=self.names[asset.number])
        if asset.disposed_on is not None and asset.acquired_on > asset.disposed_on:
            raise DisposedBefore(asset=asset.number, disposed=asset.disposed_on,
                                 value=asset.acquired_on)  # fmt: skip
        if asset.in_service_on < asset.acquired_on:
            raise ServiceBeforePurchase(value=asset.in_service_on, acquired=asset.acquired_on)
        if asset.disposed_on is not None and asset.in_service_on > asset.disposed_on:
            raise ServiceAfterDisposal(asset=asset.number, disposed=asset.disposed_on,
                                       value=asset.in_service_on)  # fmt: skip
        if not 0 <= asset.residual <= LARGEST or asset.residual != to_centimes(asset.residual):
            raise BadAmount(field="residual", value=asset.residual,
                            remedy=_("The residual value is not negative."))  # fmt: skip
        if asset.method:
            require_complete(asset.method, asset.rate, asset.life_months)
        else:
            asset.rate = asset.life_months = None
        if asset.category_id not in self.ruled:
            raise NoRule(category=asset.category.code)
        self.names[asset.number] = asset.name


def take_over(
    asset: Asset, *, date: dt.date, cost: Decimal, accumulated: Decimal, by: User
) -> Asset:
    """Add an asset that was there before the register (Anlage übernehmen), without posting.

    ``cost`` and ``accumulated``, the depreciation until ``date``, are in the company's currency and stand
    in the ledger's balances of that day. Raises ``BadAmount``, and what ``save_asset`` raises.
    """
    (refusal,) = take_over_many(asset.company, [TakenOver(asset, date, cost, accumulated)], by=by)
    if refusal is not None:
        raise refusal
    return asset


@transaction.atomic
def take_over_many(
    company: Company, rows: Sequence[TakenOver], *, by: User
) -> list[DomainError | None]:
    """Add assets that were there before the register, all or none, in few statements.

    Returns what each row is refused for; with any of it nothing is written.
    """
    hold(company)
    refusals = refusals_of(company, rows)
    if any(refusals):
        return refusals
    Asset.unscoped.bulk_create([one.asset for one in rows])
    AssetMovement.unscoped.bulk_create(
        [
            AssetMovement(
                company=company, asset=one.asset, category_id=one.asset.category_id, date=one.date,
                kind=_Kind.OPENING, cost=one.cost, depreciation=one.accumulated,
            )
            for one in rows
        ]
    )  # fmt: skip
    trail.record_many(
        company=company, by=by, action="asset.take_over",
        subjects=[
            (one.asset, trail.filled(trail.values(one.asset, *TOLD))
             | {"date": one.date, "cost": one.cost, "accumulated": one.accumulated})
            for one in rows
        ],
    )  # fmt: skip
    return refusals


def refusals_of(company: Company, rows: Sequence[TakenOver]) -> list[DomainError | None]:
    """What each row would be refused for, with those before it taken over; two queries."""
    known = _Known.of(company)
    given = {int(n) for one in rows if (n := one.asset.number.strip()).isdecimal() and len(n) < 10}
    known.following = max(known.following, *(n + 1 for n in given)) if given else known.following
    refusals: list[DomainError | None] = []
    for one in rows:
        try:
            _require_possible(one)
            known.check_day(one.date)
            known.check(one.asset)
        except DomainError as refusal:
            refusals.append(refusal)
        else:
            refusals.append(None)
    return refusals


@transaction.atomic
def register_line(
    asset: Asset, line: LineOfEntry, *, by: User, amount: Decimal | None = None
) -> Asset:
    """Bring a posted line on an asset account into the register: as a new asset, or an addition to one.

    ``amount`` is a part of the line, debit positive, in the company's currency; by default all that no
    asset has of it. Nothing is posted. Raises ``NotAnAssetLine``, ``LineTaken``, ``CategoryDiffers``,
    ``Disposed``, and what ``save_asset`` raises.
    """
    if asset.pk:
        asset = held(asset)
    else:
        hold(asset.company)
    row = _line(asset.company, line)
    if not AssetCategory.of(asset.company).filter(account=row.account).exists():
        raise NotAnAssetLine(line=row.position, number=row.entry.number or "–",
                             account=row.account.number)  # fmt: skip
    rest = rest_of(row)
    share = rest if amount is None else amount
    fits = 0 < share <= rest if rest > 0 else rest <= share < 0
    if not fits or share != to_centimes(share):
        raise LineTaken(line=row.position, number=row.entry.number, rest=rest, amount=share)
    if asset.category.account_id != row.account_id:
        raise CategoryDiffers(account=row.account.number, category=asset.category.code)
    if share < 0:
        _require_covered(asset, share)
    if asset.disposed_on is not None:
        raise Disposed(asset=asset.number, date=asset.disposed_on)
    made = asset if asset.pk else save_asset(asset, by=by)
    AssetMovement.unscoped.create(
        company=made.company, asset=made, category=made.category, date=row.date,
        kind=_Kind.PURCHASE, cost=share, entry=row.entry, position=row.position,
        text=(row.text or row.entry.text)[:200],
    )  # fmt: skip
    trail.record(company=made.company, by=by, action="asset.purchase", subject=made,
                 details={"entry": row.entry.number, "amount": share})  # fmt: skip
    return made


@transaction.atomic
def save_asset(asset: Asset, *, by: User) -> Asset:
    """Add an asset, or change what is said of one; its category is changed by a transfer.

    Raises ``NameMissing``, ``NumberTaken``, ``NoRule``, ``RuleIncomplete``, ``BadAmount``,
    ``ServiceBeforePurchase``, ``ServiceAfterDisposal``, ``DisposedBefore`` or ``DayStays``.
    """
    company = asset.company
    before = held(asset) if asset.pk else None
    if before is None:
        hold(company)
    if before is not None:
        asset.category, asset.disposed_on = before.category, before.disposed_on
    _Known.of(company, but=asset.pk).check(asset)
    if before is not None and asset.in_service_on != before.in_service_on:
        _require_day_free(before)
    asset.version = before.version + 1 if before else 1
    asset.save()
    told = trail.values(asset, *TOLD)
    details = trail.changes(trail.values(before, *TOLD), told) if before else trail.filled(told)
    if details:
        trail.record(company=company, by=by, action="asset.change" if before else "asset.add",
                     subject=asset, details=details)  # fmt: skip
    return asset


@transaction.atomic
def delete_asset(asset: Asset, *, by: User) -> None:
    """Take an asset out of the register that nothing was posted of; its lines are free again.

    Raises ``AssetInUse``, and ``PeriodLocked`` where it came into the register in a locked period.
    """
    now = held(asset)
    movements = AssetMovement.of(now.company).filter(asset=now)
    if movements.exclude(kind__in=[_Kind.OPENING, _Kind.PURCHASE]).exists():
        raise AssetInUse(asset=now.number)
    require_open(now.company, movements)
    movements.delete()
    AssetVoucher.of(now.company).filter(asset=now).delete()
    trail.record(company=now.company, by=by, action="asset.delete", subject=now,
                 details=trail.filled(trail.values(now, *TOLD)))  # fmt: skip
    now.delete()


def require_open(company: Company, movements: Iterable[AssetMovement]) -> None:
    """What is taken out of the register is of an open period, or from before the books.

    Raises ``PeriodLocked``.
    """
    for day in {one.date for one in movements}:
        if Period.of(company).filter(start__lte=day, end__gte=day).exists():
            posting.open_year(company, day)


def sold_by_line(company: Company) -> QuerySet[AssetMovement]:
    """The disposals that a line of an outer query brought the proceeds of."""
    return live(company).filter(
        proceeds_entry=OuterRef("entry"), proceeds_position=OuterRef("position")
    )


def rest_of(row: EntryLine) -> Decimal:
    """What of a line no asset has yet, debit positive; nothing of the proceeds of a sale."""
    sold = live(row.entry.company).filter(
        proceeds_entry=row.entry_id, proceeds_position=row.position
    )
    if sold.exists():
        return ZERO
    taken = AssetMovement.of(row.company_id).filter(
        entry=row.entry_id, position=row.position
    ).aggregate(taken=Sum("cost"))["taken"]  # fmt: skip
    rest: Decimal = row.debit - row.credit - (taken or ZERO)
    return rest


def proposed(row: EntryLine) -> dict[str, Any]:
    """What a line says of an asset to be added: fields with their values."""
    category = AssetCategory.of(row.company_id).filter(account=row.account).order_by("code").first()
    return {
        "number": next_number(row.entry.company), "name": (row.text or row.entry.text)[:120],
        "category": category, "cost_centre": row.cost_centre, "cost_object": row.cost_object,
        "voucher": row.entry.voucher,
        "acquired_on": row.date, "in_service_on": row.date, "amount": rest_of(row),
    }  # fmt: skip


def _line(company: Company, line: LineOfEntry) -> EntryLine:
    """The line, posted and not undone. Raises ``NotAnAssetLine``."""
    rows = EntryLine.of(company).select_related(
        "account", "entry__company", "cost_centre", "cost_object"
    )
    row: EntryLine | None = rows.filter(
        entry=line.entry, position=line.position, entry__number__isnull=False,
        entry__reversals=None, entry__reverses=None,
    ).exclude(entry__source=JournalEntry.Source.ASSETS).first()  # fmt: skip
    if row is None:
        raise NotAnAssetLine(line=line.position, number=line.entry.number or "–", account="–")
    return row


def _require_possible(one: TakenOver) -> None:
    if not 0 < one.cost <= LARGEST or one.cost != to_centimes(one.cost):
        raise BadAmount(field="cost", value=one.cost, remedy=_("The cost is more than nothing."))
    if not 0 <= one.accumulated <= one.cost or one.accumulated != to_centimes(one.accumulated):
        raise BadAmount(field="accumulated", value=one.accumulated,
                        remedy=_("Depreciation is between nothing and the cost."))  # fmt: skip
    if one.date < one.asset.acquired_on:
        raise BadAmount(field="date", value=one.date,
                        remedy=_("It is taken over on the day of its purchase or later."))  # fmt: skip


def _tidy(asset: Asset) -> None:
    asset.number = one_line(asset.number, field="number", most=20, plain=True)
    asset.name = one_line(asset.name, field="name", most=120)
    asset.serial_number = one_line(asset.serial_number, field="serial_number", most=60)
    asset.location = one_line(asset.location, field="location", most=80)
    asset.voucher = one_line(asset.voucher, field="voucher", most=40)
    asset.notes = asset.notes.strip()[:2000]


def _require_covered(asset: Asset, share: Decimal) -> None:
    """What takes off cost, such as a credit note, leaves it above the depreciation."""
    value = (
        values(asset.company, dt.date.max, [asset.pk]).get(asset.pk, Value())
        if asset.pk
        else Value()
    )
    if value.book + share < 0:
        raise NothingLeft(amount=-share, asset=asset.number or "–", left=value.book)


def _require_day_free(asset: Asset) -> None:
    last = (
        live(asset.company).filter(asset=asset, kind=_Kind.DEPRECIATION).order_by("-date").first()
    )
    if last is not None:
        raise DayStays(asset=asset.number, until=last.date)
