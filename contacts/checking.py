"""Files of contacts, checked as an import would (Import prüfen): nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contacts import vcard
from contacts.columns import COLUMNS, OF_ADDRESS, OF_CONTACT, OF_REACH, WORDS
from contacts.completing import completed
from contacts.drafting import Draft, check
from contacts.known import Known
from contacts.models import Contact
from contacts.numbers import number_of
from contacts.saving import ContactMerged
from contacts.writing import SETS, Change, values_of, wholes
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, UnknownWord
from erp.core.spreadsheets import Row, rows_of
from erp.own_fields.lists import COLUMN, titles

MOST_REFUSALS: Final = 1_000
MOST_SHOWN: Final = 50  # rows of a preview


@dataclass
class Entry:
    """A row, checked: ``draft`` is what it makes of a contact, ``change`` of one that was there."""

    row: int
    draft: Draft
    number: int | None = None
    change: Change | None = None

    @property
    def name(self) -> str:
        return self.draft.contact.name


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


class Checking:
    """A file that is checked as the import would, in parts if need be; nothing is written.

    ``columns`` maps our names to the file's titles where they differ; a blank title leaves a column
    out. With ``hold`` nobody else changes the contacts of the file until the end of the transaction.
    Raises ``ColumnMissing`` or ``UnreadableFile``.
    """

    def __init__(
        self, *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
        most_rows: int | None = None, hold: bool = False,
    ) -> None:  # fmt: skip
        self.company = company
        self.known = Known(company, on=clock.today(), whole=True)
        self._seen: set[int] = set()
        self._kinds: list[str] = []  # of the ways to reach somebody, of the row in hand
        self.names: dict[str, str] = {}
        self._cards: list[vcard.Card] = []
        self._rows: list[Row] = []
        if vcard.is_vcard(content):
            self._cards = vcard.read(content)[:most_rows]
        else:
            self._read(content, columns or {}, most_rows)
        self._there = self._known(hold)

    def _known(self, hold: bool) -> dict[int, Draft]:
        """The contacts whose numbers are in the file, with their parts, by number: five queries."""
        told = (row.cells.get("number", "") for row in self._rows)
        numbers = {int(text) for text in told if _is_number(text)}
        if not numbers:
            return {}
        rows = Contact.of(self.company).filter(number__in=numbers).select_related("merged_into")
        if hold:
            rows = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        return {one.contact.number: one for one in wholes(list(rows)).values()}

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
            (found.changed if entry.change else found.new).append(entry)
        return found

    def _entry(self, source: Row | vcard.Card) -> Entry:
        if isinstance(source, vcard.Card):
            return Entry(source.line, self._checked(self._from_card(source)))
        number = self._number(source)
        there = self._there.get(number or 0)
        if there is None:
            return Entry(source.number, self._checked(self._from_row(source)), number)
        contact = there.contact
        if contact.merged_into is not None:
            raise ContactMerged(
                field="number", name=contact.name, number=contact.merged_into.number
            )
        told = completed(self._from_row(source, contact), there)
        self._kinds = [row["kind"] for row in told.get("communications", ())]
        # The check is made on a copy: what is stored is what it is compared with.
        copy = Contact.from_db("default", _names_of(contact), _values_of(contact))
        country = next((one.country for one in there.addresses or ()), "CH")
        draft = self._checked(told, copy, country)
        change = Change(draft, there, values_of(contact)).compare()
        return Entry(source.number, draft, number, change)

    def _checked(
        self, told: dict[str, Any], contact: Contact | None = None, country: str = "CH"
    ) -> Draft:
        target = contact or Contact(company=self.company, language=self.company.language)
        sets = {name: told[name] for name in (*SETS, "groups") if name in told}
        return check(target, told, known=self.known, country=country, **sets)

    def _from_card(self, card: vcard.Card) -> dict[str, Any]:
        told = dict(card.told) | {"communications": card.communications}
        told["addresses"] = [
            address | {"country": self._country(address["country"])} for address in card.addresses
        ]
        told["groups"] = [name for name in card.groups if name in self.known.groups]
        return told

    def _number(self, row: Row) -> int | None:
        """The number of a row, each once in a file. Raises ``NotANumber`` or ``NumberTwice``."""
        number = number_of(row.cells.get("number", ""))
        if number is not None:
            if number in self._seen:
                raise NumberTwice(value=number)
            self._seen.add(number)
        return number

    def _from_row(self, row: Row, contact: Contact | None = None) -> dict[str, Any]:
        cells = row.cells
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
        self._kinds = [kind for kind in OF_REACH if cells.get(kind)]
        if self._kinds:
            told["communications"] = [{"kind": one, "value": cells[one]} for one in self._kinds]
        if cells.get("iban"):
            told["bank_accounts"] = [{"iban": cells["iban"]}]
        if "groups" in cells:
            told["groups"] = [code.strip().lower() for code in cells["groups"].replace(";", ",").split(",")
                              if code.strip()]  # fmt: skip
        own = {name.removeprefix(COLUMN): value for name, value in cells.items()
               if name.startswith(COLUMN)}  # fmt: skip
        if own:
            told["own_values"] = (dict(contact.own_values) if contact else {}) | own
        return told

    def _country(self, text: str) -> str:
        return self.known.country_code(text) if text else "CH"

    def _read(self, content: bytes, chosen: Mapping[str, str], most_rows: int | None) -> None:
        own = {COLUMN + one.code: one for one in self.known.own_fields}
        for row in rows_of(content, most_rows):
            if not self.names:
                found = list(row.cells)
                for name in (*COLUMNS, *own):
                    known = COLUMNS.get(name) or titles(own[name])
                    wanted = [chosen[name].strip().lower()] if name in chosen else list(known)
                    title = next((one for one in wanted if one and one in found), None)
                    if title is not None:
                        self.names[name] = title
                if not {"name", "last_name", "first_name"} & self.names.keys():
                    raise ColumnMissing(column="name", found=", ".join(found)[:200])
            cells = {
                name: (row.cells.get(title) or "").strip() for name, title in self.names.items()
            }
            self._rows.append(Row(row.number, cells))

    def _placed(self, refusal: DomainError, source: Row | vcard.Card) -> list[DomainError]:
        """A refusal with row, column and value of the file, the column as it is titled there."""
        placed: list[DomainError] = []
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            if isinstance(source, vcard.Card):
                placed.append(BadRow(row=source.line, column=one.place or "", value=_value_of(one),
                                     remedy=str(one)))  # fmt: skip
                continue
            column = self._column(one.place or "")
            placed.append(BadRow(
                row=source.number, column=self.names.get(column, column),
                value=source.cells.get(column, "")[:60] or _value_of(one), remedy=str(one),
            ))  # fmt: skip
        return placed

    def _column(self, place: str) -> str:
        """Our name of the column that a place of ``check`` came from."""
        if place.startswith("communications["):
            nth = int(place[len("communications[") :].partition("]")[0])
            return self._kinds[nth] if nth < len(self._kinds) else "phone"
        if place.startswith("own_values."):
            return COLUMN + place.removeprefix("own_values.")
        name = place.rpartition(".")[2].partition("[")[0]
        return name if name in OF_ADDRESS or not place.startswith("addresses[") else "town"


def _names_of(contact: Contact) -> list[str]:
    return [one.attname for one in contact._meta.concrete_fields]


def _values_of(contact: Contact) -> list[Any]:
    return [getattr(contact, name) for name in _names_of(contact)]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:12]) < 2**31


def _word(name: str, text: str) -> str:
    known = WORDS[name]
    if text.strip().lower() not in known:
        raise UnknownWord(field=name, value=text[:40], known=", ".join(filter(None, known)))
    return known[text.strip().lower()]


def _value_of(refusal: DomainError) -> str:
    return str(refusal.values.get("value", ""))[:60]
