"""The assets table (Anlagenspiegel): cost, depreciation and book values of a span, as rows and as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounting.assets.categories import categories
from accounting.assets.models import Asset, AssetCategory
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table

# What was taken over stood there before, whenever it was entered.
_BEFORE = "(m.date < %(since)s OR m.kind = 'opening')"
_SUMS = f"""
    SELECT m.category_id, m.asset_id,
           coalesce(sum(m.cost) FILTER (WHERE {_BEFORE}), 0),
           coalesce(sum(m.cost) FILTER (WHERE m.date >= %(since)s AND m.kind = 'purchase'), 0),
           coalesce(sum(m.cost) FILTER (WHERE m.date >= %(since)s AND m.kind = 'disposal'), 0),
           coalesce(sum(m.cost) FILTER (WHERE m.date >= %(since)s AND m.kind = 'transfer'), 0),
           coalesce(sum(m.depreciation) FILTER (WHERE {_BEFORE}), 0),
           coalesce(sum(m.depreciation) FILTER (
               WHERE m.date >= %(since)s AND m.kind IN ('depreciation', 'write_down', 'write_up')), 0),
           coalesce(sum(m.depreciation) FILTER (WHERE m.date >= %(since)s AND m.kind = 'disposal'), 0),
           coalesce(sum(m.depreciation) FILTER (WHERE m.date >= %(since)s AND m.kind = 'transfer'), 0)
    FROM accounting_assetmovement m
    WHERE m.company_id = %(company)s AND m.date <= %(until)s
    GROUP BY 1, 2
"""  # noqa: S608 - only fixed text is put in


@dataclass(frozen=True, slots=True)
class Amounts:
    """A row of the table, in the company's currency; disposals are negative.

    ``gone_…`` is accumulated depreciation.
    """

    cost_before: Decimal = ZERO
    added: Decimal = ZERO
    disposed: Decimal = ZERO
    moved: Decimal = ZERO
    gone_before: Decimal = ZERO
    gone_of_span: Decimal = ZERO
    gone_disposed: Decimal = ZERO
    gone_moved: Decimal = ZERO

    @property
    def cost_after(self) -> Decimal:
        return self.cost_before + self.added + self.disposed + self.moved

    @property
    def gone_after(self) -> Decimal:
        return self.gone_before + self.gone_of_span + self.gone_disposed + self.gone_moved

    @property
    def gone_left(self) -> Decimal:
        """What disposals and transfers took of accumulated depreciation."""
        return self.gone_disposed + self.gone_moved

    @property
    def book_before(self) -> Decimal:
        return self.cost_before - self.gone_before

    @property
    def book_after(self) -> Decimal:
        return self.cost_after - self.gone_after

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class AssetRow:
    asset: Asset
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class CategoryRows:
    """A category with its assets in the span, and their sum."""

    category: AssetCategory
    rows: list[AssetRow]

    @property
    def total(self) -> Amounts:
        return sum((row.amounts for row in self.rows), Amounts())


def assets_table(company: Company, *, since: dt.date, until: dt.date) -> list[CategoryRows]:
    """The table of a span, both days included, by category and asset. Three queries.

    Assets that were gone before, and categories without any, are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"company": company.pk, "since": since, "until": until})
        found = {(category, asset): Amounts(*told) for category, asset, *told in cursor.fetchall()}
    known = {one.pk: one for one in Asset.of(company)}
    told = []
    for category in categories(company):
        rows = [
            AssetRow(known[asset], amounts) for (owner, asset), amounts in found.items()
            if owner == category.pk and amounts != Amounts()
        ]  # fmt: skip
        rows.sort(key=lambda row: row.asset.number)
        if rows:
            told.append(CategoryRows(category, rows))
    return told


def total_of(groups: Sequence[CategoryRows]) -> Amounts:
    """The sum of all categories."""
    return sum((group.total for group in groups), Amounts())


def cells(amounts: Amounts) -> list[Decimal]:
    """The figures of a row in the order of the table."""
    one = amounts
    return [one.cost_before, one.added, one.disposed, one.moved, one.cost_after,
            one.gone_before, one.gone_of_span, one.gone_left, one.gone_after,
            one.book_before, one.book_after]  # fmt: skip


def as_table(
    groups: Sequence[CategoryRows], *, since: dt.date, until: dt.date, details: bool = True
) -> Table:
    """The table as a file: categories with their assets (``details``), and the total."""
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for group in groups:
        if details:
            kinds[len(rows)] = "group"
            rows.append([group.category.name, *([None] * 11)])
            rows += [[str(row.asset), *cells(row.amounts)] for row in group.rows]
            kinds[len(rows)] = "total"
        name = _("Total %s") % group.category.name if details else group.category.name
        rows.append([name, *cells(group.total)])
    kinds[len(rows)] = "grand"
    rows.append([_("Total"), *cells(total_of(groups))])
    span = {"first": swiss_date(since), "last": swiss_date(until)}
    return table(
        title=_("Assets table"), subtitle=_("%(first)s to %(last)s") % span, name="assets-table",
        head=[_("Fixed asset"), _("Cost at start"), _("Additions"), _("Disposals"), _("Transfers"),
              _("Cost at end"), _("Accumulated at start"), _("Depreciation"),
              _("Disposals and transfers"), _("Accumulated at end"), _("Book value at start"),
              _("Book value at end")],
        rows=rows, kinds=kinds, wide=True,
    )  # fmt: skip
