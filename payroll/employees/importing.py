"""Employees out of files (Mitarbeitende importieren): CSV or XLSX, looked at first, all or the good rows.

A row hires somebody. What is there already changes from a day on, which no row says: it is refused.
Nothing of its rows is logged, as it holds wages; how a long one is kept meanwhile, ``uploads`` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import pgettext_lazy

from contacts import saving
from contacts.activities import UnknownNumber
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core import clock, crashpoints
from erp.core.errors import DomainError, Refusals, gathered, raise_all
from erp.core.importing import AlreadyImported, BadRow
from erp.core.spreadsheets import Row
from erp.own_fields.lists import COLUMN
from payroll.employees import hiring, reading
from payroll.employees.columns import FACTS, PERSONAL
from payroll.employees.common import ValueMissing
from payroll.employees.facts import FactValue, Payout, Personal, Share
from payroll.employees.fields import KINDS
from payroll.employees.fields import PERSONAL as PERSONAL_FIELDS
from payroll.employees.known import Known
from payroll.employees.reading import day_of
from payroll.employees.sheet import Sheet

_SALUTATIONS: Final = {"herr": "mr", "monsieur": "mr", "signor": "mr", "mr": "mr", "frau": "ms",
                       "madame": "ms", "signora": "ms", "ms": "ms"}  # fmt: skip
_LANGUAGES: Final = {"deutsch": "de", "d": "de", "französisch": "fr", "f": "fr", "français": "fr",
                     "italienisch": "it", "i": "it", "italiano": "it", "englisch": "en"}  # fmt: skip
_SEXES: Final = {"f": "F", "w": "F", "weiblich": "F", "femme": "F", "donna": "F", "m": "M",
                 "männlich": "M", "homme": "M", "uomo": "M"}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A good row: who it hires."""

    row: int
    checked: hiring.Checked

    @property
    def name(self) -> str:
        return self.checked.employee.contact.name

    @property
    def number(self) -> str:
        return self.checked.employee.number


@dataclass
class Preview:
    """What an import would do, or did; ``refusals`` name all bad rows, ``bad_rows`` counts them."""

    entries: list[Entry] = field(default_factory=list)
    rows: int = 0
    total: int = 0  # of the file, of which ``rows`` may be its first ones
    bad_rows: int = 0
    refusals: list[DomainError] = field(default_factory=list)

    def add(self, other: Preview) -> None:
        self.entries += other.entries
        self.rows, self.total = self.rows + other.rows, other.total
        self.bad_rows += other.bad_rows
        self.refusals += other.refusals


@transaction.atomic
def dry_run(*, company: Company, content: bytes, first: int | None = None) -> Preview:
    """Read and check a file as the import would, or its ``first`` rows, writing nothing.

    Raises as ``Checking`` does.
    """
    return Checking(company, content).part(0, first)


@transaction.atomic
def import_employees(
    *, company: Company, content: bytes, by: User, only_good: bool = False, known: int | None = None
) -> Preview:
    """Hire somebody for each row; bad rows are left out with ``only_good``, else nothing is written.

    It is checked and written as a whole, in a number of statements that does not grow with the rows
    but for batches of a thousand. ``known`` is how often the file had been imported when somebody
    looked at it. Raises as ``Checking`` does, ``AlreadyImported``, and ``Refusals`` of ``BadRow``.
    """
    checking = Checking(company, content, hold=True)
    if known is not None and was_imported(company, content) != known:
        raise AlreadyImported
    found = checking.part()
    if found.refusals and not only_good:
        raise Refusals(found.refusals)
    if found.entries:
        hiring.write([one.checked for one in found.entries], company=company, by=by)
        trail.record(company=company, by=by, action="employees.import",
                     details={"count": len(found.entries), "file": digest_of(company, content)})  # fmt: skip
    crashpoints.reach("payroll.hired")
    return found


def was_imported(company: Company, content: bytes) -> int:
    """How often a file of the same content was imported."""
    return AuditEvent.of(company).filter(
        action="employees.import", details__file=digest_of(company, content)
    ).count()  # fmt: skip


def digest_of(company: Company, content: bytes) -> str:
    """By what a file is known again: a digest under a key of ours, as wages are few and can be guessed."""
    told = str(company.pk).encode() + b":" + content
    return salted_hmac("payroll.employees.import", told, algorithm="sha256").hexdigest()


class Checking:
    """A file that is checked as the import would, in parts if need be; nothing is written.

    What rows are compared with is read once, as many queries for all as for one: each row also knows
    of those before it. With ``hold`` nobody else gives personnel numbers until the end of the
    transaction. Raises ``UnreadableFile``, ``ColumnMissing``, ``TooManyRows``.
    """

    def __init__(self, company: Company, content: bytes, *, hold: bool = False) -> None:
        self.company = company
        self.known = Known(company, on=clock.today(), whole=True)
        self.sheet = Sheet(content, self.known.own_fields)
        told = {row.cells.get("contact", "") for row in self.sheet.rows}
        self.contacts = saving.held_by_number(
            company, {int(one) for one in told if _is_number(one)}
        )

    @property
    def total(self) -> int:
        return len(self.sheet.rows)

    def part(self, start: int = 0, end: int | None = None) -> Preview:
        """Check some of the rows, in their order; bad ones are collected, not raised."""
        rows = self.sheet.rows[start:end]
        found = Preview(rows=len(rows), total=self.total)
        for row in rows:
            try:
                found.entries.append(Entry(row.number, self._checked(row)))
            except DomainError as refusal:
                found.bad_rows += 1
                found.refusals += self._placed(refusal, row)
        return found

    def _checked(self, row: Row) -> hiring.Checked:
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
        return hiring.check(
            self.known, personal=personal, entry=entry, exit=last, facts=facts, contact=contact,
            person=None if contact else self._person(cells), number=cells.get("number", ""),
            function=cells.get("function", ""), own_values=own,
        )  # fmt: skip

    def _contact(self, text: str) -> Contact | None:
        if not text:
            return None
        found = self.contacts.get(int(text)) if _is_number(text) else None
        if found is None:
            raise UnknownNumber(field="contact", value=text[:20])
        return found

    def _personal(self, cells: Mapping[str, str]) -> Personal:
        told = {name: cells[name] for name in PERSONAL if name in cells}
        told["sex"] = _SEXES.get(told.get("sex", "").lower(), told.get("sex", ""))
        if told.get("nationality"):
            told["nationality"] = self.known.places.country_code(told["nationality"])
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
            country = self.known.places.country_code(cells.get("country", "")) or "CH"
            told["addresses"] = [{"kind": "main", **address, "country": country}]
        told["communications"] = [{"kind": kind, "value": cells[kind]}
                                  for kind in ("mobile", "mail") if cells.get(kind)]  # fmt: skip
        return told

    def _placed(self, refusal: DomainError, row: Row) -> list[DomainError]:
        """A refusal with row, column and value of the file."""
        made: list[DomainError] = []
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            place = (one.place or "").replace("payout.shares[0].", "payout.")
            name = place if place in self.sheet.names else place.rpartition(".")[2]
            made.append(BadRow(row=row.number, column=self.sheet.names.get(name, place),
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


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
