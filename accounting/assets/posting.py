"""What the register posts (Buchungen der Anlagen): lines with cost units, and what others may not undo."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from accounting.assets.errors import CostUnitNeeded, InRegister, UndoneInRegister
from accounting.assets.holding import hold
from accounting.assets.models import Asset, AssetMovement
from accounting.ledger import posting
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, CostCentre, CostObject, JournalEntry
from accounting.ledger.models.accounts import Rule
from erp.access.models import User
from erp.companies.models import Company
from erp.core.money import ZERO

OWNER: Final = "assets"
SOURCE: Final = JournalEntry.Source.ASSETS


class Place(NamedTuple):
    """Where a line stands; lines of the same place are one."""

    account: Account
    cost_centre: CostCentre | None = None
    cost_object: CostObject | None = None


class Sums:
    """Amounts by place, debit positive, in the order they come in; they become lines of an entry."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[int, int | None, int | None], Decimal] = defaultdict(Decimal)
        self._places: dict[tuple[int, int | None, int | None], Place] = {}

    def add(self, place: Place, amount: Decimal) -> None:
        key = (place.account.pk, place.cost_centre.pk if place.cost_centre else None,
               place.cost_object.pk if place.cost_object else None)  # fmt: skip
        self._places.setdefault(key, place)
        self._amounts[key] += amount

    def lines(self) -> list[Line]:
        """Debits first; what comes to nothing is left out."""
        found = [
            Line(place.account, debit=max(amount, ZERO), credit=max(-amount, ZERO),
                 cost_centre=place.cost_centre, cost_object=place.cost_object)
            for key, place in self._places.items() if (amount := self._amounts[key])
        ]  # fmt: skip
        return sorted(found, key=lambda line: (not line.debit, line.account.number))


def of_result(asset: Asset, account: Account) -> Place:
    """The place of an asset's expense or gain: its cost units, as far as the account takes them.

    Raises ``CostUnitNeeded`` where the account must have one and the asset has none.
    """
    units: dict[str, Any] = {}
    for name, rule in (("cost_centre", account.cost_centre_rule),
                       ("cost_object", account.cost_object_rule)):  # fmt: skip
        unit = getattr(asset, name)
        if rule == Rule.MUST and unit is None and asset.company.uses("costs"):
            what = _("cost centre") if name == "cost_centre" else _("cost object")
            raise CostUnitNeeded(asset=asset.number, what=what, account=account.number)
        units[name] = unit if rule != Rule.NO else None
    return Place(account, **units)


def post(
    company: Company,
    *,
    date: dt.date,
    text: str,
    sums: Sums,
    by: User,
    key: str,
    first: Sums | None = None,
) -> JournalEntry | None:
    """Post an entry of the register; None where it would move nothing.

    What comes ``first`` has lines of its own. Raises what ``posting.post`` raises.
    """
    lines = [*(first.lines() if first is not None else ()), *sums.lines()]
    if not lines:
        return None
    return posting.post(company=company, date=date, text=text[:200], lines=lines, by=by,
                        source=SOURCE, source_key=key, owner=OWNER)  # fmt: skip


def mirror(
    movements: Sequence[AssetMovement], *, date: dt.date, entry: JournalEntry | None
) -> None:
    """Undo movements by their opposites, in one statement."""
    AssetMovement.unscoped.bulk_create(
        [
            AssetMovement(
                company_id=one.company_id, asset_id=one.asset_id, category_id=one.category_id,
                date=date, kind=one.kind, cost=-one.cost, depreciation=-one.depreciation,
                entry=entry, run_id=one.run_id, undoes=one, text=one.text,
            )
            for one in movements
        ]
    )  # fmt: skip


def require_own(entry: JournalEntry, owner: str) -> None:
    """What the register posted, or rests on, is not reversed behind its back, nor taken in meanwhile.

    Raises ``UndoneInRegister`` or ``InRegister``.
    """
    hold(entry.company)
    if owner == OWNER:
        return
    if entry.source == SOURCE:
        raise UndoneInRegister(number=entry.number)
    named = AssetMovement.of(entry.company_id).select_related("asset")
    undone = AssetMovement.of(entry.company_id).filter(undoes__isnull=False).values("undoes")
    found = named.filter(Q(entry=entry) | Q(proceeds_entry=entry)).exclude(pk__in=undone).first()
    if found is not None:
        raise InRegister(number=entry.number, asset=found.asset.number)
