"""Employees out of files (Mitarbeitende importieren): CSV or XLSX, looked at first, all or the good rows.

A row hires somebody. What is there already changes from a day on, which no row says: it is refused.
The file is not kept, and nothing of its rows is logged: it holds wages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import queries as contact_queries
from contacts.activities import UnknownNumber
from contacts.known import Known as Places
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.spreadsheets import Row, rows_of
from erp.own_fields.lists import COLUMN, fields_of, titles
from payroll.employees import hiring, reading
from payroll.employees.columns import CONTACT, FACTS, PERSONAL, WORK
from payroll.employees.common import ValueMissing, gathered, raise_all
from payroll.employees.facts import FactValue, Payout, Personal, Share
from payroll.employees.fields import KINDS
from payroll.employees.fields import PERSONAL as PERSONAL_FIELDS
from payroll.employees.known import Known
from payroll.employees.models import Employee
from payroll.employees.reading import day_of

MOST_ROWS: Final = 1_000
MOST_FAULTS: Final = 200  # that are told
_SALUTATIONS: Final = {"herr": "mr", "monsieur": "mr", "signor": "mr", "mr": "mr", "frau": "ms",
                       "madame": "ms", "signora": "ms", "ms": "ms"}  # fmt: skip
_LANGUAGES: Final = {"deutsch": "de", "d": "de", "französisch": "fr", "f": "fr", "français": "fr",
                     "italienisch": "it", "i": "it", "italiano": "it", "englisch": "en"}  # fmt: skip
_SEXES: Final = {"f": "F", "w": "F", "weiblich": "F", "femme": "F", "donna": "F", "m": "M",
                 "männlich": "M", "homme": "M", "uomo": "M"}  # fmt: skip


class TooManyRows(DomainError):
    code = "people.too_many_rows"
    message = _("The file has more than %(limit)s rows. Split it.")
    field = "file"


@dataclass(frozen=True)
class Entry:
    """A good row: who it hires."""

    row: int
    name: str
    number: str


@dataclass
class Preview:
    """What an import would do, or did; ``refusals`` name every bad row."""

    entries: list[Entry] = field(default_factory=list)
    rows: int = 0
    bad_rows: int = 0
    refusals: list[DomainError] = field(default_factory=list)


@transaction.atomic
def dry_run(*, company: Company, content: bytes, by: User) -> Preview:
    """Hire all rows and undo it: what an import would do. Raises as ``import_employees`` does."""
    mark = transaction.savepoint()
    found = _hire_rows(company, content, by)
    transaction.savepoint_rollback(mark)
    return found


@transaction.atomic
def import_employees(
    *, company: Company, content: bytes, by: User, only_good: bool = False
) -> Preview:
    """Hire somebody for each row; bad rows are left out with ``only_good``, else nothing is written.

    Raises ``UnreadableFile``, ``ColumnMissing``, ``TooManyRows``, and ``Refusals`` of ``BadRow``.
    """
    found = _hire_rows(company, content, by)
    if found.refusals and not only_good:
        raise Refusals(found.refusals)
    if found.entries:
        trail.record(company=company, by=by, action="employees.import",
                     details={"count": len(found.entries)})  # fmt: skip
    return found


def _hire_rows(company: Company, content: bytes, by: User) -> Preview:
    rows = _Rows(company, content)
    hiring.hold_numbers(rows.known)  # for all rows: a bad one lets go of what it holds
    found = Preview(rows=len(rows.rows))
    for row in rows.rows:
        try:
            with transaction.atomic():
                employee = rows.hire(row, by)
        except DomainError as refusal:
            found.bad_rows += 1
            if len(found.refusals) < MOST_FAULTS:
                found.refusals += rows.placed(refusal, row)
            continue
        found.entries.append(Entry(row.number, employee.contact.name, employee.number))
    return found


class _Rows:
    """The rows of a file, their cells by our names."""

    def __init__(self, company: Company, content: bytes) -> None:
        self.company = company
        self.places = Places(company, on=clock.today())
        self.known = Known(company, on=clock.today())
        self.own = fields_of(company, Employee.OWN_FIELDS)
        self.names: dict[str, str] = {}
        self.rows: list[Row] = []
        for row in rows_of(content, decimals=4):
            if not self.names:
                self._find(list(row.cells))
            if len(self.rows) >= MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            cells = {name: _bare(row.cells.get(title, "")) for name, title in self.names.items()}
            self.rows.append(Row(row.number, cells))

    def _find(self, found: Sequence[str]) -> None:
        known: dict[str, Sequence[str]] = {**CONTACT, **WORK}
        known |= {
            f"{kind}.{one}": (f"{kind}.{one}",) for kind, names in FACTS.items() for one in names
        }
        known |= {COLUMN + one.code: titles(one) for one in self.own}
        for name, words in known.items():
            title = next((one for one in words if one in found), None)
            if title is not None:
                self.names[name] = title
        for needed in ("entry", "birth_date", "sex"):
            if needed not in self.names:
                raise ColumnMissing(column=needed, found=", ".join(filter(None, found))[:200])

    def hire(self, row: Row, by: User) -> Employee:
        cells, faults = row.cells, list[DomainError]()
        contact = gathered(faults, lambda: self._contact(cells.get("contact", "")))
        personal = gathered(faults, lambda: self._personal(cells))
        entry = gathered(faults, lambda: day_of(cells.get("entry", ""), "entry"))
        last = gathered(faults, lambda: day_of(cells.get("exit", ""), "exit"))
        if entry is None and not cells.get("entry"):
            faults.append(ValueMissing(field="entry", name=pgettext_lazy("employment", "Entry")))
        facts = [one for kind in FACTS if (one := _fact(kind, cells, faults))]
        raise_all(faults)
        assert personal is not None and entry is not None
        own = {name.removeprefix(COLUMN): value for name, value in cells.items()
               if name.startswith(COLUMN) and value}  # fmt: skip
        return hiring.hire(
            company=self.company, by=by, personal=personal, entry=entry, exit=last, facts=facts,
            contact=contact, person=None if contact else self._person(cells),
            number=cells.get("number", ""), function=cells.get("function", ""), own_values=own,
            known=self.known, looks=False,
        ).employee  # fmt: skip

    def _contact(self, text: str) -> Contact | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise UnknownNumber(field="contact", value=text[:20])
        found = contact_queries.by_number(self.company, [int(text)]).get(int(text))
        if found is None:
            raise UnknownNumber(field="contact", value=text)
        return found

    def _personal(self, cells: Mapping[str, str]) -> Personal:
        told = {name: cells[name] for name in PERSONAL if name in cells}
        told["sex"] = _SEXES.get(told.get("sex", "").lower(), told.get("sex", ""))
        if told.get("nationality"):
            told["nationality"] = self.places.country_code(told["nationality"])
        return reading.read(Personal, PERSONAL_FIELDS, told)

    def _person(self, cells: Mapping[str, str]) -> dict[str, Any]:
        salutation, language = (
            cells.get("salutation", "").lower(),
            cells.get("language", "").lower(),
        )
        told: dict[str, Any] = {
            "first_name": cells.get("first_name", ""), "last_name": cells.get("last_name", ""),
            "salutation": _SALUTATIONS.get(salutation, salutation),
            "language": _LANGUAGES.get(language, language) or self.company.language,
        }  # fmt: skip
        address = {
            name: cells.get(name, "") for name in ("street", "house_number", "postcode", "town")
        }
        if any(address.values()):
            country = self.places.country_code(cells.get("country", "")) or "CH"
            told["addresses"] = [{"kind": "main", **address, "country": country}]
        told["communications"] = [{"kind": kind, "value": cells[kind]}
                                  for kind in ("mobile", "mail") if cells.get(kind)]  # fmt: skip
        return told

    def placed(self, refusal: DomainError, row: Row) -> list[DomainError]:
        """A refusal with row, column and value of the file."""
        made: list[DomainError] = []
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            place = (one.place or "").replace("payout.shares[0].", "payout.")
            name = place if place in self.names else place.rpartition(".")[2]
            made.append(BadRow(row=row.number, column=self.names.get(name, place),
                               value=row.cells.get(name, "")[:60], remedy=str(one)))  # fmt: skip
        return made


def _fact(kind: str, cells: Mapping[str, str], faults: list[DomainError]) -> FactValue | None:
    """The fact of a row; none where its cells are blank, but somebody always lives somewhere."""
    told = {one: cells[f"{kind}.{one}"] for one in FACTS[kind] if cells.get(f"{kind}.{one}")}
    if kind == "payout":
        return Payout(shares=(Share(iban=told["iban"]),)) if told else None
    if not told and kind != "residence":
        return None
    shown = KINDS[kind]
    return gathered(
        faults, lambda: reading.read(shown.value, shown.fields, told, prefix=f"{kind}.")
    )


def _bare(cell: str) -> str:
    """A cell without the mark that keeps spreadsheets from reading it as a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell
