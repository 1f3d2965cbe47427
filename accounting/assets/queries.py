"""Questions about the register: lists of assets, and what belongs to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models import Sum as Total
from django.utils.translation import gettext as _

from accounting.assets.models import Asset, AssetMovement
from accounting.assets.standings import Value, assets, values
from accounting.payables.models import SupplierInvoice
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table

PAGE = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """An asset with what it stands at."""

    asset: Asset
    value: Value


@dataclass(frozen=True, slots=True)
class Sum:
    cost: Decimal
    accumulated: Decimal
    book: Decimal


def listing(
    company: Company, *, search: str = "", category: int | None = None, gone: bool | None = False
) -> QuerySet[Asset]:
    """Assets by number: those in use, those disposed of (``gone``), or (None) both."""
    rows = assets(company)
    if gone is not None:
        rows = rows.filter(disposed_on__isnull=not gone)
    if category is not None:
        rows = rows.filter(category=category)
    for word in search.split()[:5]:
        rows = rows.filter(
            Q(number__icontains=word) | Q(name__icontains=word) | Q(serial_number__icontains=word)
            | Q(location__icontains=word)
        )  # fmt: skip
    return rows


def with_values(company: Company, rows: Sequence[Asset], *, on: dt.date) -> list[Listed]:
    """Assets with their values on a day; one query for however many."""
    found = values(company, on, [one.pk for one in rows])
    return [Listed(one, found.get(one.pk, Value())) for one in rows]


def sum_of(company: Company, rows: QuerySet[Asset], *, on: dt.date) -> Sum:
    """What a list of assets comes to on a day."""
    movements = AssetMovement.of(company).filter(asset__in=rows.values("pk"), date__lte=on)
    sums = movements.aggregate(cost=Total("cost"), gone=Total("depreciation"))
    cost, gone = sums["cost"] or ZERO, sums["gone"] or ZERO
    return Sum(cost, gone, cost - gone)


def listed_table(rows: Sequence[Listed], *, on: dt.date) -> Table:
    """The register as a file."""
    told: list[list[Any]] = [
        [one.asset.number, one.asset.name, one.asset.category.code,
         one.asset.cost_centre.number if one.asset.cost_centre else "",
         one.asset.acquired_on, one.asset.in_service_on, one.asset.serial_number,
         one.asset.location, one.value.cost, one.value.accumulated, one.value.book]
        for one in rows
    ]  # fmt: skip
    amounts = [sum((getattr(one.value, name) for one in rows), ZERO)
               for name in ("cost", "accumulated", "book")]  # fmt: skip
    return table(
        title=_("Fixed assets"), subtitle=_("As of %s") % swiss_date(on), name="assets", wide=True,
        head=[_("No."), _("Name"), _("Category"), _("Cost centre"), _("Acquired on"),
              _("In service from"), _("Serial number"), _("Location"), _("Cost"),
              _("Accumulated depreciation"), _("Book value")],
        rows=[*told, [_("Total"), "", "", "", "", "", "", "", *amounts]],
        kinds={len(told): "grand"},
    )  # fmt: skip


def movements_of(asset: Asset) -> QuerySet[AssetMovement]:
    """What happened to an asset, in order."""
    rows = AssetMovement.of(asset.company_id).filter(asset=asset)
    return rows.select_related("entry", "category", "run", "proceeds_entry").order_by("pk")


def bills_of(company: Company, entries: Sequence[int]) -> dict[int, SupplierInvoice]:
    """The suppliers' invoices that entries come from, by the id of the entry."""
    rows = SupplierInvoice.of(company).filter(entry__in=entries).select_related("contact")
    return {one.entry_id: one for one in rows if one.entry_id is not None}
