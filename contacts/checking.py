"""Files of contacts, checked as an import would (Import prüfen): nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contacts import saving, vcard
from contacts.columns import COLUMNS, OF_ADDRESS, OF_CONTACT, OF_REACH, OWN, WORDS
from contacts.drafting import Draft, check
from contacts.known import Known
from contacts.models import Contact, ContactAddress
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, UnknownWord
from erp.core.spreadsheets import Row, rows_of

MOST_REFUSALS: Final = 1_000
MOST_SHOWN: Final = 50  # rows of a preview


@dataclass
class Entry:
    """A row as values for the act; ``contact`` is the one that it changes."""

    row: int
    told: dict[str, Any]
    number: int | None = None
    contact: Contact | None = None
    draft: Draft | None = None

    @property
    def name(self) -> str:
        return self.draft.contact.name if self.draft else ""


@dataclass
class Preview:
    """What an import would do; ``refusals`` name every bad row, ``bad_rows`` counts them."""

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    rows: int = 0
    refusals: list[DomainError] = field(default_factory=list)
    bad_rows: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def good(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def first(self) -> list[Entry]:
        return sorted(self.new + self.changed, key=lambda one: one.row)[:MOST_SHOWN]

    def add(self, other: Preview) -> None:
        self.new += other.new
        self.changed += other.changed
        self.rows += other.rows
        self.refusals += other.refusals[: MOST_REFUSALS - len(self.refusals)]
        self.bad_rows += other.bad_rows


class NumberTwice(DomainError):
    code = "contacts.number_twice"
    message = _("Number %(value)s is in the file twice. Keep one of the rows.")
    field = "number"


class NotANumber(DomainError):
    code = "contacts.not_a_number"
    message = _("“%(value)s” is no contact number. Write digits, or leave the cell empty.")
    field = "number"


class Checking:
    """A file that is checked as the import would, in parts if need be; nothing is written.

    ``columns`` maps our names to the file's titles where they differ; a blank title leaves a column
    out. Raises ``ColumnMissing`` or ``UnreadableFile``.
    """

    def __init__(
        self, *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
        most_rows: int | None = None,
    ) -> None:  # fmt: skip
        self.company = company
        self.known = Known(company, on=clock.today(), whole=True)
        self._seen: set[int] = set()
        self.names: dict[str, str] = {}
        self._cards: list[vcard.Card] = []
        self._rows: list[Row] = []
        if vcard.is_vcard(content):
            self._cards = vcard.read(content)[:most_rows]
        else:
            self._read(content, columns or {}, most_rows)
        numbers = {int(n) for row in self._rows if _is_number(n := row.cells.get("number", ""))}
        self._there = {
            one.number: one for one in Contact.of(company).filter(number__in=numbers)
        } if numbers else {}  # fmt: skip
        there = [one.pk for one in self._there.values()]
        rows = ContactAddress.of(company).filter(contact__in=there).order_by("-pk")
        self._countries = dict(rows.values_list("contact_id", "country")) if there else {}

    @property
    def total(self) -> int:
        return len(self._cards) or len(self._rows)

    def part(self, start: int = 0, end: int | None = None) -> Preview:
        """Check some of the rows; bad ones are collected, not raised."""
        found = Preview()
        for source in (self._cards or self._rows)[start:end]:
            found.rows += 1
            try:
                entry = self._entry(source)
            except DomainError as refusal:
                found.bad_rows += 1
                found.refusals += self._placed(refusal, source)
                continue
            (found.changed if entry.contact else found.new).append(entry)
        return found

    def _entry(self, source: Row | vcard.Card) -> Entry:
        entry = (
            self._from_card(source) if isinstance(source, vcard.Card) else self._from_row(source)
        )
        blank = Contact(company=self.company, language=self.company.language)
        target = entry.contact or blank
        if entry.contact is not None:  # the check of a change is made on a copy
            target = Contact.from_db("default", _names_of(target), _values_of(target))
        sets = {n: entry.told[n] for n in (*saving.SETS, "groups") if n in entry.told}
        country = self._countries.get(target.pk, "CH")
        entry.draft = check(target, dict(entry.told), known=self.known, country=country, **sets)
        return entry

    def _from_card(self, card: vcard.Card) -> Entry:
        told = dict(card.told) | {"communications": card.communications}
        told["addresses"] = [
            address | {"country": self._country(address["country"])} for address in card.addresses
        ]
        told["groups"] = [name for name in card.groups if name in self.known.groups]
        return Entry(card.line, told)

    def _from_row(self, row: Row) -> Entry:
        cells, number, contact = row.cells, None, None
        if cells.get("number"):
            if not _is_number(cells["number"]):
                raise NotANumber(value=cells["number"][:20])
            number = int(cells["number"])
            if number in self._seen:
                raise NumberTwice(value=number)
            self._seen.add(number)
            contact = self._there.get(number)
            if contact is not None and contact.merged_into_id is not None:
                contact = saving.held(contact)  # raises
        told: dict[str, Any] = {name: cells[name] for name in OF_CONTACT if name in cells}
        kind = _word("kind", cells["kind"]) if cells.get("kind") else ""
        guess = "organisation" if cells.get("name") else "person"
        told["kind"] = kind or (contact.kind if contact else guess)
        for name in ("salutation", "language"):
            if name in cells:
                told[name] = _word(name, cells[name]) if cells[name] else ""
        if not told.get("language"):
            told.pop("language", None)
        address = {name: cells.get(name, "") for name in OF_ADDRESS}
        if any(address[name] for name in OF_ADDRESS if name != "country"):
            told["addresses"] = [{"kind": "main", **address,
                                  "country": self._country(address["country"])}]  # fmt: skip
        reaches = [{"kind": kind, "value": cells[kind]} for kind in OF_REACH if cells.get(kind)]
        if reaches:
            told["communications"] = reaches
        if cells.get("iban"):
            told["bank_accounts"] = [{"iban": cells["iban"]}]
        if "groups" in cells:
            told["groups"] = [code.strip().lower() for code in cells["groups"].replace(";", ",").split(",")
                              if code.strip()]  # fmt: skip
        own = {
            name.removeprefix(OWN): value for name, value in cells.items() if name.startswith(OWN)
        }
        if own:
            there = dict(contact.own_values) if contact else {}
            told["own_values"] = there | own
        return Entry(row.number, told, number, contact)

    def _country(self, text: str) -> str:
        return self.known.country_code(text) if text else "CH"

    def _read(self, content: bytes, chosen: Mapping[str, str], most_rows: int | None) -> None:
        own = {OWN + one.code: one for one in self.known.own_fields}
        for row in rows_of(content, most_rows):
            if not self.names:
                titles = list(row.cells)
                for name in (*COLUMNS, *own):
                    known = COLUMNS.get(name) or (name, own[name].code, *_named(own[name]))
                    wanted = [chosen[name].strip().lower()] if name in chosen else list(known)
                    title = next((one for one in wanted if one and one in titles), None)
                    if title is not None:
                        self.names[name] = title
                if not {"name", "last_name", "first_name"} & self.names.keys():
                    raise ColumnMissing(column="name", found=", ".join(titles)[:200])
            cells = {name: _bare(row.cells.get(title) or "") for name, title in self.names.items()}
            self._rows.append(Row(row.number, cells))

    def _placed(self, refusal: DomainError, source: Row | vcard.Card) -> list[DomainError]:
        """A refusal with row, column and value of the file, the column as it is titled there."""
        placed: list[DomainError] = []
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            if isinstance(source, vcard.Card):
                placed.append(BadRow(row=source.line, column=one.place or "", value=_value_of(one),
                                     remedy=str(one)))  # fmt: skip
                continue
            column = self._column(one.place or "", source)
            placed.append(BadRow(
                row=source.number, column=self.names.get(column, column),
                value=source.cells.get(column, "")[:60] or _value_of(one), remedy=str(one),
            ))  # fmt: skip
        return placed

    def _column(self, place: str, row: Row) -> str:
        """Our name of the column that a place of ``check`` came from."""
        if place.startswith("communications["):
            filled = [kind for kind in OF_REACH if row.cells.get(kind)]
            nth = int(place[len("communications[") :].partition("]")[0])
            return filled[nth] if nth < len(filled) else "phone"
        if place.startswith("own_values."):
            return OWN + place.removeprefix("own_values.")
        return place.rpartition(".")[2].partition("[")[0]


def _names_of(contact: Contact) -> list[str]:
    return [one.attname for one in contact._meta.concrete_fields]


def _values_of(contact: Contact) -> list[Any]:
    return [getattr(contact, name) for name in _names_of(contact)]


def _named(one: Any) -> tuple[str, ...]:
    names = (one.name_de, one.name_fr, one.name_it, one.name_en)
    return tuple(name.lower() for name in names if name)


def _bare(cell: str) -> str:
    """A cell without the mark that keeps spreadsheets from reading it as a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:12]) < 2**31


def _word(name: str, text: str) -> str:
    known = WORDS[name]
    if text.strip().lower() not in known:
        raise UnknownWord(field=name, value=text[:40], known=", ".join(filter(None, known)))
    return known[text.strip().lower()]


def _value_of(refusal: DomainError) -> str:
    return str(refusal.values.get("value", ""))[:60]
