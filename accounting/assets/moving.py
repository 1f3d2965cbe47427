"""Impairments, write-ups and transfers (Wertberichtigung, Zuschreibung, Umbuchung), each with its entry."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.assets.errors import (
    BadAmount,
    BeforePurchase,
    Disposed,
    MovedLater,
    NothingLeft,
    SameCategory,
)
from accounting.assets.holding import held, hold
from accounting.assets.models import Asset, AssetCategory, AssetMovement
from accounting.assets.posting import SOURCE, Place, Sums, of_result, post
from accounting.assets.standings import Value, live, values
from erp.access.models import User
from erp.audit import trail
from erp.core.money import ZERO, to_centimes
from erp.core.texts import one_line

_Kind: Final = AssetMovement.Kind


@transaction.atomic
def write_down(
    asset: Asset, *, date: dt.date, amount: Decimal, by: User, text: str = "", key: str = ""
) -> AssetMovement:
    """Take something off an asset's book value by hand (Wertberichtigung, manuelle Abschreibung).

    ``amount`` is in the company's currency, at most the book value; it goes to the category's depreciation
    account. What was posted under the same ``key`` before is returned, and nothing is posted. Raises
    ``BadAmount``, ``NothingLeft``, ``Disposed``, ``BeforePurchase``, ``MovedLater``, and
    what ``posting.post`` raises.
    """
    if (before := _sent_before(asset, key)) is not None:
        return before
    now = movable(asset, date)
    left = standing(now, date).book
    return _revalue(now, _Kind.WRITE_DOWN, date, amount, left, by, text, key)


@transaction.atomic
def write_up(
    asset: Asset, *, date: dt.date, amount: Decimal, by: User, text: str = "", key: str = ""
) -> AssetMovement:
    """Take depreciation back (Zuschreibung), at most what there is: never above cost (OR 960a).

    Raises what ``write_down`` raises.
    """
    if (before := _sent_before(asset, key)) is not None:
        return before
    now = movable(asset, date)
    left = standing(now, date).accumulated
    return _revalue(now, _Kind.WRITE_UP, date, amount, left, by, text, key)


@transaction.atomic
def transfer(asset: Asset, *, category: AssetCategory, date: dt.date, by: User) -> Asset:
    """Move an asset with its cost and depreciation into another category (Umbuchung).

    Raises ``SameCategory``, ``Disposed``, ``BeforePurchase``, ``MovedLater``, and what ``posting.post``
    raises.
    """
    now = movable(asset, date)
    before = now.category
    if before.pk == category.pk:
        raise SameCategory(asset=now.number, category=before.code)
    value, sums = standing(now, date), Sums()
    for sign, one in ((1, category), (-1, before)):
        sums.add(Place(one.account), sign * value.cost)
        sums.add(Place(one.credited), -sign * value.accumulated)
    text = _("Transfer of %(asset)s to %(category)s") % {"asset": now, "category": category.name}
    entry = post(now.company, date=date, text=text, sums=sums, by=by, key=f"asset:{now.pk}")
    AssetMovement.unscoped.bulk_create(
        AssetMovement(
            company=now.company, asset=now, category=one, date=date, kind=_Kind.TRANSFER,
            cost=sign * value.cost, depreciation=sign * value.accumulated, entry=entry,
        )
        for sign, one in ((-1, before), (1, category))
    )  # fmt: skip
    now.category, now.version = category, now.version + 1
    now.save(update_fields=["category", "version"])
    trail.record(company=now.company, by=by, action="asset.transfer", subject=now,
                 details={"category": [str(before), str(category)], "date": date})  # fmt: skip
    return now


def movable(asset: Asset, date: dt.date) -> Asset:
    """The asset as it is now, held, if something may be posted of it on a day.

    Raises ``Disposed``, ``BeforePurchase`` or ``MovedLater``.
    """
    now = held(asset)
    if now.disposed_on is not None:
        raise Disposed(asset=now.number, date=now.disposed_on)
    if date < now.acquired_on:
        raise BeforePurchase(asset=now.number, date=date, acquired=now.acquired_on)
    later = live(now.company).filter(asset=now, date__gt=date).order_by("-date", "-pk").first()
    if later is not None:
        raise MovedLater(asset=now.number, date=date, later=later.date,
                         kind=later.get_kind_display())  # fmt: skip
    return now


def standing(asset: Asset, date: dt.date) -> Value:
    """What an asset's movements come to on a day."""
    return values(asset.company, date, [asset.pk]).get(asset.pk, Value())


def _sent_before(asset: Asset, key: str) -> AssetMovement | None:
    """What a page sent before under this key, held against a second one at the same time."""
    if not key:
        return None
    hold(asset.company)
    rows = AssetMovement.of(asset.company_id).filter(asset=asset, undoes=None)
    return rows.filter(entry__source=SOURCE, entry__source_key=_source_key(asset, key)).first()


def _source_key(asset: Asset, key: str) -> str:
    return f"asset:{asset.pk}:{key}" if key else f"asset:{asset.pk}"


def _revalue(
    asset: Asset, kind: AssetMovement.Kind, date: dt.date, amount: Decimal, left: Decimal, by: User,
    text: str, key: str,
) -> AssetMovement:  # fmt: skip
    if amount <= 0 or amount != to_centimes(amount):
        raise BadAmount(value=amount, remedy=_("Enter more than nothing, in centimes."))
    if amount > left:
        raise NothingLeft(amount=amount, asset=asset.number, left=max(left, ZERO))
    signed = amount if kind == _Kind.WRITE_DOWN else -amount
    sums = Sums()
    sums.add(of_result(asset, asset.category.expense), signed)
    sums.add(Place(asset.category.credited), -signed)
    said = one_line(text, field="text", most=200)
    called = said or f"{kind.label}: {asset}"
    entry = post(asset.company, date=date, text=called, sums=sums, by=by,
                 key=_source_key(asset, key))  # fmt: skip
    made: AssetMovement = AssetMovement.unscoped.create(
        company=asset.company, asset=asset, category=asset.category, date=date, kind=kind,
        depreciation=signed, entry=entry, text=said,
    )  # fmt: skip
    trail.record(company=asset.company, by=by, action=f"asset.{kind.value}", subject=asset,
                 details={"date": date, "amount": amount})  # fmt: skip
    return made
