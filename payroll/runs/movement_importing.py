"""Movements from CSV or XLSX (Lohnbewegungen importieren): a dry run that is the import."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, guessed
from erp.core.money import typed_amount
from erp.core.spreadsheets import Row, rows_of
from payroll.employees.models import Employee
from payroll.runs import movements
from payroll.runs.beginning import named
from payroll.runs.models import Typed
from payroll.runs.movements import Checker
from payroll.runs.refusals import NoSuchPerson, NoSuchType

_MOST_SHOWN: Final = 50
#: Columns and the titles they are found by.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "employee": ("employee", "personalnummer", "personal-nr.", "nummer", "numéro", "numero", "number",
                 "personnel number", "no. personnel", "numero personale"),
    "type": ("type", "lohnart", "genre de salaire", "tipo di salario", "wage type"),
    "quantity": ("quantity", "menge", "anzahl", "stunden", "quantité", "quantità", "hours"),
    "rate": ("rate", "ansatz", "satz", "taux", "tasso"),
    "amount": ("amount", "betrag", "montant", "importo"),
    "percent": ("percent", "prozent", "pour-cent", "percento"),
    "keeps": ("keeps", "existenzminimum", "minimum vital", "minimo vitale", "minimum for existence"),
    "text": ("text", "bemerkung", "texte", "testo"),
    "cost_centre": ("cost_centre", "kostenstelle", "centre de coûts", "centro di costo", "cost centre"),
}  # fmt: skip
_NEEDED: Final = ("employee", "type")
_FIGURES: Final = {"quantity": 4, "rate": 4, "amount": 2, "percent": 4, "keeps": 2}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as a movement that is not written yet."""

    row: int
    employee: Employee
    typed: Typed


@dataclass
class Preview:
    """What an import would write; ``refusals`` name every bad row."""

    entries: list[Entry] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)

    @property
    def first(self) -> list[Entry]:
        return self.entries[:_MOST_SHOWN]

    @property
    def people(self) -> int:
        return len({one.employee.pk for one in self.entries})


def dry_run(*, company: Company, content: bytes) -> Preview:
    """Read and check a file as the import would, writing nothing; bad rows are collected.

    Raises ``ColumnMissing`` or ``UnreadableFile``.
    """
    known = {one.number: one for one in Employee.of(company).select_related("contact")}
    checker, found, columns = Checker(company), Preview(), dict[str, str]()
    for row in rows_of(content, decimals=4):
        if not columns:
            columns = _columns(list(row.cells))
        cells = {name: row.cells.get(title, "").strip() for name, title in columns.items()}
        try:
            found.entries.append(_entry(row, cells, known, checker))
        except DomainError as refusal:
            found.refusals.append(_placed(refusal, row, columns))
    return found


def _columns(titles: list[str]) -> dict[str, str]:
    found = guessed(titles, COLUMNS)
    for name in _NEEDED:
        if name not in found:
            raise ColumnMissing(column=name, found=", ".join(titles)[:200])
    return found


def _entry(
    row: Row, cells: Mapping[str, str], known: Mapping[str, Employee], checker: Checker
) -> Entry:
    employee = known.get(cells["employee"])
    if employee is None:
        raise NoSuchPerson(value=cells["employee"])
    number = cells["type"].split(" ")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise NoSuchType(value=cells["type"])
    figures: dict[str, Any] = {
        name: typed_amount(text, decimals=places, field=name) if text else None
        for name, places in _FIGURES.items() for text in [cells.get(name, "")]
    }  # fmt: skip
    typed = Typed(
        type=int(number), text=cells.get("text", "")[:80],
        cost_centre=cells.get("cost_centre", ""), **figures,
    )  # fmt: skip
    checker.require_sound(typed)
    return Entry(row.number, employee, typed)


def _placed(refusal: DomainError, row: Row, columns: Mapping[str, str]) -> DomainError:
    """A refusal with the row and the title of its column."""
    place = refusal.place or ""
    return BadRow(row=row.number, column=columns.get(place, place),
                  value=row.cells.get(columns.get(place, ""), "")[:40], remedy=str(refusal))  # fmt: skip


@transaction.atomic
def import_movements(*, company: Company, month: dt.date, content: bytes, by: User) -> Preview:
    """Add the movements of a file to a month, or none of them. Raises ``Refusals`` with each bad row."""
    preview = dry_run(company=company, content=content)
    if preview.refusals:
        raise Refusals(preview.refusals)
    rows: dict[int, list[Typed]] = defaultdict(list)
    for one in preview.entries:
        rows[one.employee.pk].append(one.typed)
    movements.add_all(company=company, month=month, rows=rows, by=by)
    trail.record(company=company, by=by, action="movements.import",
                 details={"month": named(month), "count": len(preview.entries),
                          "file": digest_of_file(month, content)})  # fmt: skip
    return preview


def was_imported(company: Company, month: dt.date, content: bytes) -> int:
    """How often a file of the same content was imported for a month."""
    return AuditEvent.of(company).filter(
        action="movements.import", details__file=digest_of_file(month, content)
    ).count()  # fmt: skip


def digest_of_file(month: dt.date, content: bytes) -> str:
    return hashlib.sha256(month.isoformat().encode() + content).hexdigest()
