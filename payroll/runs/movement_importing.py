"""Movements from CSV or XLSX (Lohnbewegungen importieren): a dry run that is the import."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

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
from payroll.runs.movements import MOST_FAULTS, Checker
from payroll.runs.refusals import NoSuchPerson, NoSuchType

MOST_ROWS: Final = 10_000
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


class TooManyMovements(DomainError):
    code = "movements.too_many_rows"
    message = _("The file has more than %(limit)s rows. Split it.")
    field = "file"


class MoreBadRows(DomainError):
    code = "movements.more_bad_rows"
    message = _(
        "%(count)s more rows cannot be imported. Correct those that are named, and check the file again."
    )
    field = "file"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as a movement that is not written yet."""

    row: int
    employee: Employee
    typed: Typed


@dataclass
class Preview:
    """What an import would write; ``refusals`` name the first bad rows, and say how many more there are."""

    entries: list[Entry] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)
    rows: int = 0

    @property
    def first(self) -> list[Entry]:
        return self.entries[:_MOST_SHOWN]

    @property
    def people(self) -> int:
        return len({one.employee.pk for one in self.entries})


def dry_run(*, company: Company, content: bytes) -> Preview:
    """Read and check a file as the import would, writing nothing; bad rows are collected.

    Raises ``ColumnMissing``, ``UnreadableFile`` or ``TooManyMovements``. As many queries for all rows as
    for one.
    """
    known = {one.number: one for one in Employee.of(company).select_related("contact")}
    checker, found, columns = Checker(company), Preview(), dict[str, str]()
    bad = 0
    for row in rows_of(content, decimals=4):
        if not columns:
            columns = _columns(list(row.cells))
        found.rows += 1
        if found.rows > MOST_ROWS:
            raise TooManyMovements(limit=f"{MOST_ROWS:,}".replace(",", "’"))
        cells = {name: row.cells.get(title, "").strip() for name, title in columns.items()}
        try:
            found.entries.append(_entry(row, cells, known, checker))
        except DomainError as refusal:
            bad += 1
            if bad <= MOST_FAULTS:
                found.refusals.append(_placed(refusal, row, columns))
    if bad > MOST_FAULTS:
        found.refusals.append(MoreBadRows(count=bad - MOST_FAULTS))
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
    """By what a file is known again: a digest under a key of ours, as wages are few and can be guessed."""
    told = month.isoformat().encode() + content
    return salted_hmac("payroll.movements.import", told, algorithm="sha256").hexdigest()
