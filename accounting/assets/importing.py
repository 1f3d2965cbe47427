"""Assets from CSV or XLSX (Anlagen importieren): what was there before the register, all of a file or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.assets import registering
from accounting.assets.models import Asset, AssetCategory
from accounting.assets.registering import TakenOver
from accounting.assets.standings import rules_by_category
from accounting.ledger.entering import UnknownCostUnit
from accounting.ledger.models import CostCentre
from accounting.ledger.typed import NotADate
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, guessed, titles_of
from erp.core.money import ZERO, typed_amount
from erp.core.spreadsheets import Row, rows_of
from erp.web.dates import read_day

#: Columns and the titles they are found by.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "no.", "nr.", "nummer", "numéro", "no", "numero"),
    "name": ("name", "bezeichnung", "désignation", "nom", "nome", "designazione"),
    "category": ("category", "kategorie", "catégorie", "categoria"),
    "acquired_on": ("acquired_on", "acquired on", "angeschafft am", "anschaffung", "acquis le", "acquistato il"),
    "in_service_on": ("in_service_on", "in service from", "in betrieb ab", "en service dès", "in servizio dal"),
    "date": ("date", "per", "stichtag", "au", "al"),
    "cost": ("cost", "anschaffungswert", "valeur d’acquisition", "valore d’acquisto"),
    "accumulated": ("accumulated", "accumulated depreciation", "kumulierte abschreibungen",
                    "amortissements cumulés", "ammortamenti cumulati"),
    "cost_centre": ("cost_centre", "cost centre", "kostenstelle", "centre de coûts", "centro di costo"),
    "serial_number": ("serial_number", "serial number", "seriennummer", "numéro de série", "numero di serie"),
    "location": ("location", "standort", "emplacement", "ubicazione"),
}  # fmt: skip
NEEDED: Final = ("name", "category", "acquired_on", "date", "cost")
MOST: Final = 10_000


class UnknownCategory(DomainError):
    code = "assets.unknown_category"
    message = _("There is no category with the code “%(value)s”. Add it, or correct the row.")
    field = "category"


class TooManyAssets(DomainError):
    code = "assets.too_many"
    message = _("The file has more than %(most)s assets. Split it.")
    field = "file"


@dataclass
class AssetPreview:
    """What an import would take over; ``refusals`` name every bad row."""

    rows: list[TakenOver] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # of the file's rows

    @property
    def cost(self) -> Decimal:
        return sum((row.cost for row in self.rows), ZERO)

    @property
    def accumulated(self) -> Decimal:
        return sum((row.accumulated for row in self.rows), ZERO)


def preview(company: Company, content: bytes) -> AssetPreview:
    """Read a file as the import would, writing nothing.

    Raises ``ColumnMissing``, ``TooManyAssets`` or ``UnreadableFile``; bad rows are collected.
    """
    titles = titles_of(content)
    columns = guessed(titles, COLUMNS)
    for name in NEEDED:
        if name not in columns:
            raise ColumnMissing(column=name, found=", ".join(titles)[:200])
    categories = {one.code: one for one in AssetCategory.of(company).select_related("company")}
    centres = {one.number: one for one in CostCentre.of(company)}
    rules = rules_by_category(company)
    residuals = {code: (rules[one.pk][-1].residual if one.pk in rules else ZERO)
                 for code, one in categories.items()}  # fmt: skip
    found = AssetPreview()
    for row in rows_of(content):
        if len(found.rows) >= MOST:
            raise TooManyAssets(most=MOST)
        told = {name: row.cells.get(title, "").strip() for name, title in columns.items()}
        try:
            found.rows.append(_asset(company, told, categories, centres, residuals))
        except DomainError as refusal:
            found.refusals.append(_placed(refusal, row, columns))
        else:
            found.numbers.append(row.number)
    found.refusals += _told(found, registering.refusals_of(company, found.rows))
    return found


@transaction.atomic
def import_assets(company: Company, content: bytes, *, by: User) -> AssetPreview:
    """Take over what ``preview`` showed, or nothing. Raises ``Refusals`` with every bad row."""
    found = preview(company, content)
    if not found.refusals:
        found.refusals += _told(found, registering.take_over_many(company, found.rows, by=by))
    if found.refusals:
        raise Refusals(found.refusals)
    return found


def _told(found: AssetPreview, refusals: Sequence[DomainError | None]) -> list[DomainError]:
    return [
        BadRow(row=number, column=refusal.place or "name", value=one.asset.name[:60],
               remedy=str(refusal))
        for number, one, refusal in zip(found.numbers, found.rows, refusals, strict=True)
        if refusal is not None
    ]  # fmt: skip


def _asset(
    company: Company, told: Mapping[str, str], categories: Mapping[str, AssetCategory],
    centres: Mapping[str, CostCentre], residuals: Mapping[str, Decimal],
) -> TakenOver:  # fmt: skip
    category = categories.get(told["category"])
    if category is None:
        raise UnknownCategory(value=told["category"][:40])
    centre = told.get("cost_centre", "")
    if centre and centre not in centres:
        raise UnknownCostUnit(field="cost_centre", value=centre)
    acquired = _day(told, "acquired_on")
    values: dict[str, Any] = {
        name: told.get(name, "") for name in ("number", "name", "serial_number", "location")
    }
    asset = Asset(
        company=company, category=category, acquired_on=acquired,
        in_service_on=_day(told, "in_service_on") if told.get("in_service_on") else acquired,
        cost_centre=centres.get(centre), residual=residuals[category.code], **values,
    )  # fmt: skip
    gone = told.get("accumulated", "")
    return TakenOver(
        asset, _day(told, "date"), typed_amount(told["cost"], field="cost"),
        typed_amount(gone, field="accumulated") if gone else ZERO,
    )  # fmt: skip


def _day(told: Mapping[str, str], name: str) -> dt.date:
    found = read_day(told[name])
    if found is None:
        raise NotADate(field=name, value=told[name][:40])
    return found


def _placed(refusal: DomainError, row: Row, columns: Mapping[str, str]) -> BadRow:
    title = columns.get(refusal.place or "name", refusal.place or "name")
    return BadRow(row=row.number, column=title, value=row.cells.get(title, "")[:60],
                  remedy=str(refusal))  # fmt: skip
