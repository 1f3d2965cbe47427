"""Contacts from CSV, XLSX or vCard (Adressen importieren): a dry run that is the import.

A row whose number is there changes that contact, others are added. Columns that the file does not
have leave a contact as it is; an empty cell empties a field, but takes no address, phone or bank
account away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from contacts import saving, vcard
from contacts.columns import COLUMNS, OF_ADDRESS, OF_CONTACT, OF_REACH, OWN, WORDS
from contacts.drafting import Draft, check
from contacts.known import Known
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, UnknownWord
from erp.core.spreadsheets import Row, rows_of

MOST_REFUSALS: Final = 1_000
MOST_FIRST: Final = 50  # rows of a large file that are looked at beforehand


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
        return sorted(self.new + self.changed, key=lambda one: one.row)[:MOST_FIRST]

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
        entry.draft = check(target, dict(entry.told), known=self.known, **{
            name: entry.told[name] for name in (*saving.SETS, "groups") if name in entry.told
        })  # fmt: skip
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


def dry_run(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None
) -> Preview:
    """Read and check a file as the import would, writing nothing. Raises as ``Checking`` does."""
    return Checking(company=company, content=content, columns=columns).part()


def first_rows(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None
) -> Preview:
    """What a large file begins with, checked; reads no further."""
    return Checking(company=company, content=content, columns=columns, most_rows=MOST_FIRST).part()


@transaction.atomic
def import_contacts(
    *, company: Company, content: bytes, by: User, columns: Mapping[str, str] | None = None,
    only_good: bool = False, checked: Preview | None = None,
) -> Preview:  # fmt: skip
    """Add and change the contacts of a file: all of them or none, or only the good rows if asked.

    ``checked`` is what a dry run of the same transaction's state found. Raises ``Refusals`` with
    each bad row.
    """
    with connection.cursor() as cursor:  # one import of a company at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"contact-import:{company.pk}"])  # fmt: skip
    preview = checked or dry_run(company=company, content=content, columns=columns)
    if preview.refusals and not only_good:
        raise Refusals(preview.refusals)
    if preview.new:
        number = max(saving.next_number(company),
                     1 + max((one.number or 0 for one in preview.new), default=0))  # fmt: skip
        for entry in preview.new:
            assert entry.draft is not None
            entry.draft.contact.number = entry.number or number
            number += entry.number is None
        saving.write_new(company, [entry.draft for entry in preview.new if entry.draft])
    for entry in preview.changed:
        _change(entry, by)
    trail.record(company=company, by=by, action="contacts.import", details={
        "count": len(preview.new), "changed": len(preview.changed), "file": digest_of(content),
        **_span(preview),
    })  # fmt: skip
    return preview


def was_imported(company: Company, content: bytes) -> int:
    """How often a file of the same content was imported."""
    return AuditEvent.of(company).filter(
        action="contacts.import", details__file=digest_of(content)
    ).count()  # fmt: skip


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _span(preview: Preview) -> dict[str, int]:
    ids = [entry.draft.contact.pk for entry in preview.new if entry.draft]
    return {"first_id": min(ids), "last_id": max(ids)} if ids else {}


def _change(entry: Entry, by: User) -> None:
    """Change a contact: what the file has takes the place of the main address and first numbers."""
    assert entry.contact is not None
    told, there = dict(entry.told), saving.whole(entry.contact)
    if "addresses" in told:
        new = told["addresses"][0]
        rows = [_as_row("addresses", one) for one in there.addresses or ()]
        main = next((row for row in rows if row["kind"] == "main" and not row["valid_to"]), None)
        told["addresses"] = [row for row in rows if row is not main] + [(main or {}) | new]
        told["addresses"][-1] |= {"canton": "", "bfs_nr": None}
    if "communications" in told:
        rows = [_as_row("communications", one) for one in there.communications or ()]
        for new in told["communications"]:
            first = next((row for row in rows if row["kind"] == new["kind"]), None)
            if first is None:
                rows.append(dict(new))
            else:
                first |= {"value": new["value"], "extension": ""}
        told["communications"] = rows
    if "bank_accounts" in told:
        rows = [_as_row("bank_accounts", one) for one in there.bank_accounts or ()]
        iban = told["bank_accounts"][0]["iban"].replace(" ", "").upper()
        if all(row["iban"] != iban for row in rows):
            rows.append({"iban": iban})
        told["bank_accounts"] = rows
    saving.change_contact(entry.contact, by=by, **told)


def _as_row(name: str, one: Any) -> dict[str, Any]:
    _model, fields = saving.SETS[name]
    return {"id": one.pk, **{field: getattr(one, field) for field in fields}}


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
