"""Journal import (Journalimport): a dry run that equals the import, all or nothing.

One row is a simple entry (debit, credit, amount) or a line of a split entry (account with debit or
credit); rows with the same value in ``entry`` belong together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import bulk
from accounting.ledger.entering import Reader, TypedLine, simple_entry
from accounting.ledger.spreadsheets import Row, rows_of
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO, parse_amount

#: Columns and the titles they are found by, in the four languages.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date", "datum", "data"),
    "text": ("text", "buchungstext", "texte", "testo", "libellé", "description", "beschreibung"),
    "debit": ("debit", "soll", "sollkonto", "konto soll", "débit", "dare", "debit account"),
    "credit": ("credit", "haben", "habenkonto", "konto haben", "crédit", "avere", "credit account"),
    "amount": ("amount", "betrag", "montant", "importo"),
    "account": ("account", "konto", "compte", "conto"),
    "voucher": ("voucher", "beleg", "belegnummer", "pièce", "giustificativo"),
    "vat_code": ("vat_code", "vat code", "vat", "mwst-code", "mwst", "code tva", "codice iva"),
    "vat_basis": ("vat_basis", "basis"),
    "supply_date": ("supply_date", "supply date", "leistungsdatum"),
    "cost_centre": ("cost_centre", "cost centre", "kostenstelle", "centre de coûts"),
    "cost_object": ("cost_object", "cost object", "kostenträger"),
    "currency": ("currency", "währung", "monnaie", "valuta"),
    "amount_foreign": ("amount_foreign", "fremdwährung", "fw-betrag"),
    "entry": ("entry", "buchung", "gruppe", "écriture"),
}
MOST_REFUSALS: Final = 200
_SWISS_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


class ColumnMissing(DomainError):
    code = "import.column_missing"
    message = _("The file has no column “%(column)s”. Its columns are: %(found)s.")
    field = "file"


class BadRow(DomainError):
    code = "import.bad_row"
    message = _("Row %(row)s, column %(column)s, “%(value)s”: %(remedy)s")
    field = "file"


class NotADate(DomainError):
    code = "import.not_a_date"
    message = _("“%(value)s” is no date. Write 2026-12-31 or 31.12.2026.")
    field = "date"


@dataclass(frozen=True)
class Preview:
    """What an import would post; ``refusals`` name every bad row."""

    entries: list[bulk.NewEntry]
    rows: int
    refusals: list[DomainError]
    warnings: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.debit for e in self.entries for line in e.lines), ZERO)


def dry_run(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
    closing: bool = False,
) -> Preview:  # fmt: skip
    """Read and check a file as the import would, writing nothing.

    ``columns`` maps our column names to the file's titles where they differ from ``COLUMNS``.
    Raises ``ColumnMissing`` or ``UnreadableFile``; bad rows are collected, not raised.
    """
    reader, calendar = Reader(company), bulk.Calendar(company, closing=closing)
    entries: list[bulk.NewEntry] = []
    refusals: list[DomainError] = []
    count = 0
    for group in _groups(content, columns or {}):
        count += len(group)
        try:
            entry = _entry(group, reader)
            bulk.check(company, entry, calendar)
            entries.append(entry)
        except DomainError as refusal:
            refusals += _placed(refusal, group)
            if len(refusals) >= MOST_REFUSALS:
                break
    return Preview(entries, count, refusals, list(dict.fromkeys(reader.warnings)))


@transaction.atomic
def import_journal(
    *, company: Company, content: bytes, by: User, columns: Mapping[str, str] | None = None,
    closing: bool = False,
) -> Preview:  # fmt: skip
    """Post every entry of a file, or none (all that ``dry_run`` found is told).

    Raises ``Refusals`` with each bad row.
    """
    preview = dry_run(company=company, content=content, columns=columns, closing=closing)
    if preview.refusals:
        raise Refusals(preview.refusals)
    bulk.post_many(company=company, entries=preview.entries, by=by, closing=closing, checked=True)
    return preview


def _groups(content: bytes, chosen: Mapping[str, str]) -> list[list[Row]]:
    groups: list[list[Row]] = []
    names: dict[str, str] = {}
    key = None
    for row in rows_of(content):
        if not names:
            names = _names(list(row.cells), chosen)
        told = Row(row.number, {name: row.cells.get(title) or "" for name, title in names.items()})
        entry = told.cells.get("entry", "")
        if entry and entry == key:
            groups[-1].append(told)
        else:
            groups.append([told])
        key = entry
    return groups


def _names(titles: list[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Our column names with the file's titles. Raises ``ColumnMissing``."""
    names = {}
    for name, known in COLUMNS.items():
        wanted = [chosen[name].strip().lower()] if chosen.get(name) else list(known)
        title = next((t for t in wanted if t in titles), None)
        if title is not None:
            names[name] = title
    simple = {"debit", "credit", "amount"} <= set(names)
    split = {"account", "debit", "credit", "entry"} <= set(names)
    for needed in ("date", "text", *(() if simple or split else ("amount",))):
        if needed not in names:
            raise ColumnMissing(column=needed, found=", ".join(titles)[:200])
    return names


def _entry(group: list[Row], reader: Reader) -> bulk.NewEntry:
    first = group[0].cells
    date = _day(first["date"], "date")
    if first.get("account"):
        typed = [_split_line(row.cells) for row in group]
    else:
        typed = [line for row in group for line in _simple_lines(row.cells, reader, date)]
    return bulk.NewEntry(
        date=date, text=first["text"].strip()[:200], lines=reader.lines(typed, date=date),
        voucher=first.get("voucher", "")[:40],
    )  # fmt: skip


def _simple_lines(cells: Mapping[str, str], reader: Reader, date: dt.date) -> list[TypedLine]:
    more = _more(cells)
    return simple_entry(
        reader=reader, date=date, debit=cells["debit"], credit=cells["credit"],
        amount=_amount(cells["amount"], "amount"), vat_code=cells.get("vat_code", ""),
        vat_basis=cells.get("vat_basis") or "gross", **more,
    )  # fmt: skip


def _split_line(cells: Mapping[str, str]) -> TypedLine:
    return TypedLine(
        account=cells["account"],
        debit=_amount(cells["debit"], "debit") if cells.get("debit") else ZERO,
        credit=_amount(cells["credit"], "credit") if cells.get("credit") else ZERO,
        vat_code=cells.get("vat_code", ""),
        vat_basis=cells.get("vat_basis") or "gross",
        **_more(cells),
    )


def _more(cells: Mapping[str, str]) -> dict[str, Any]:
    more: dict[str, Any] = {
        name: cells[name] for name in ("cost_centre", "cost_object", "currency") if cells.get(name)
    }
    if cells.get("supply_date"):
        more["supply_date"] = _day(cells["supply_date"], "supply_date")
    if cells.get("amount_foreign"):
        more["amount_foreign"] = _amount(cells["amount_foreign"], "amount_foreign")
    return more


def _amount(text: str, place: str) -> Decimal:
    """An amount; spreadsheets group by ’ or blanks, which are left out."""
    return parse_amount(re.sub(r"['’\s]", "", text), field=place)


def _day(text: str, place: str) -> dt.date:
    swiss = _SWISS_DAY.fullmatch(text.strip())
    try:
        if swiss:
            day, month, year = (int(part) for part in swiss.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise NotADate(field=place, value=text[:20]) from None


def _placed(refusal: DomainError, group: list[Row]) -> list[DomainError]:
    """A refusal with row, column and value of the file."""
    found: list[DomainError] = []
    for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
        column = one.place or "entry"
        value, row = "", group[0]
        for candidate in group:
            told = candidate.cells.get(column, "")
            if str(one.values.get("value", told)) in {told, candidate.cells.get("debit"),
                                                      candidate.cells.get("credit")}:  # fmt: skip
                value, row = str(one.values.get("value", told)), candidate
                break
        found.append(BadRow(row=row.number, column=column, value=value[:60], remedy=str(one)))
    return found
