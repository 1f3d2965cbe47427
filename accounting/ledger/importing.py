"""Journal import (Journalimport): a dry run that equals the import, all or nothing.

One row is a simple entry (debit, credit, amount) or a line of a split entry (account with debit or
credit); rows with the same value in ``entry`` belong together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import bulk
from accounting.ledger.entering import Reader, TypedLine, UnknownAccount, simple_entry
from accounting.ledger.models import JournalEntry
from erp.access.models import User
from erp.companies.models import Company
from erp.core import crashpoints
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, UnknownWord
from erp.core.money import ZERO, typed_amount
from erp.core.spreadsheets import Row, rows_of
from vat.codes.breakdown import Basis

#: Columns and the titles they are found by, in the four languages.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date", "datum", "data"),
    "text": ("text", "buchungstext", "texte", "testo", "libellé", "description", "beschreibung"),
    "debit": ("debit", "soll", "sollkonto", "konto soll", "débit", "dare", "debit account"),
    "credit": ("credit", "haben", "habenkonto", "konto haben", "crédit", "avere", "credit account"),
    "amount": ("amount", "betrag", "montant", "importo"),
    "account": ("account", "konto", "compte", "conto"),
    "voucher": ("voucher", "beleg", "belegnummer", "beleg-nr.", "pièce", "giustificativo"),
    "vat_code": ("vat_code", "vat code", "vat", "mwst-code", "mwst", "code tva", "codice iva"),
    "vat_basis": ("vat_basis", "basis", "betrag ist", "base", "inkl/exkl"),
    "supply_date": ("supply_date", "supply date", "leistungsdatum", "leistung vom",
                    "date de prestation", "data della prestazione"),
    "cost_centre": ("cost_centre", "cost centre", "kostenstelle", "centre de coûts",
                    "centro di costo"),
    "cost_object": ("cost_object", "cost object", "kostenträger", "objet de coûts",
                    "oggetto di costo"),
    "currency": ("currency", "währung", "monnaie", "valuta"),
    "amount_foreign": ("amount_foreign", "fremdwährung", "fw-betrag", "montant en monnaie",
                       "importo in valuta"),
    "entry": ("entry", "buchung", "gruppe", "écriture", "registrazione"),
    "kind": ("kind", "buchungsart", "art", "genre", "tipo"),
}  # fmt: skip
#: What people write for the values of two columns.
KINDS: Final[Mapping[str, str]] = {
    "": JournalEntry.Kind.NORMAL, "normal": JournalEntry.Kind.NORMAL,
    **dict.fromkeys(("opening", "eröffnung", "ouverture", "apertura"), JournalEntry.Kind.OPENING),
}  # fmt: skip
BASES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("", "gross", "brutto", "brut", "lordo", "inkl", "incl"), Basis.GROSS),
    **dict.fromkeys(("net", "netto", "exkl", "excl"), Basis.NET),
}
LONGEST: Final[Mapping[str, int]] = {"text": 200, "voucher": 40}
MOST_REFUSALS: Final = 200
MOST_FIRST: Final = 50  # entries of a large file that are looked at beforehand
_SWISS_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


class NotADate(DomainError):
    code = "import.not_a_date"
    message = _("“%(value)s” is no date. Write 2026-12-31 or 31.12.2026.")
    field = "date"


class TooLong(DomainError):
    code = "import.too_long"
    message = _("More than %(limit)s characters do not fit. Shorten it.")
    field = "text"


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


class Checking:
    """A file that is checked as the import would, in parts if need be; nothing is written.

    Takes what ``dry_run`` does. Raises ``ColumnMissing`` or ``UnreadableFile``.
    """

    def __init__(
        self, *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
        closing: bool = False, most_rows: int | None = None,
    ) -> None:  # fmt: skip
        self.company, self.content = company, content
        self._reader, self._calendar = Reader(company), bulk.Calendar(company, closing=closing)
        self._names, self._groups = _groups(content, columns or {}, most_rows)
        self._key = _key_of(content)

    @property
    def total(self) -> int:
        """How many entries the rows would make."""
        return len(self._groups)

    def part(self, start: int = 0, end: int | None = None) -> Preview:
        """Check some of the entries; bad rows are collected, not raised."""
        found, count = Preview([], 0, []), 0
        for group in self._groups[start:end]:
            count += len(group)
            try:
                entry = _entry(group, self._reader, self._names, self._key)
                bulk.check(self.company, entry, self._calendar)
                found.entries.append(entry)
            except DomainError as refusal:
                found.refusals.extend(_placed(refusal, group, self._names))
                if len(found.refusals) >= MOST_REFUSALS:
                    break
        return Preview(found.entries, count, found.refusals, self._warnings())

    def _warnings(self) -> list[str]:
        warnings = list(dict.fromkeys(self._reader.warnings))
        if was_imported(self.company, self.content):
            warnings.append(
                str(_("This very file was imported before. Its entries would be posted twice."))
            )
        return warnings


def dry_run(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
    closing: bool = False,
) -> Preview:  # fmt: skip
    """Read and check a file as the import would, writing nothing.

    ``columns`` maps our column names to the file's titles where they differ from ``COLUMNS``; a
    blank title leaves a column out. Raises ``ColumnMissing`` or ``UnreadableFile``; bad rows are collected, not raised.
    """
    return Checking(company=company, content=content, columns=columns, closing=closing).part()


def first_entries(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None,
    closing: bool = False,
) -> Preview:  # fmt: skip
    """What a large file begins with, checked; reads no further. Raises as ``dry_run`` does."""
    checking = Checking(company=company, content=content, columns=columns, closing=closing,
                        most_rows=MOST_FIRST * 4)  # fmt: skip
    return checking.part(0, max(1, min(MOST_FIRST, checking.total - 1)))  # the last may go on


def was_imported(company: Company, content: bytes) -> int:
    """How many entries were posted from a file of the same content."""
    return (
        JournalEntry.of(company)
        .filter(source=JournalEntry.Source.IMPORT, source_key=_key_of(content))
        .count()
    )


def _key_of(content: bytes) -> str:
    return "file:" + hashlib.sha256(content).hexdigest()[:40]


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
    crashpoints.reach("import.checked")
    bulk.post_many(company=company, entries=preview.entries, by=by, closing=closing, checked=True)
    crashpoints.reach("import.sealed")
    return preview


def _groups(
    content: bytes, chosen: Mapping[str, str], most_rows: int | None = None
) -> tuple[Mapping[str, str], list[list[Row]]]:
    """Our column names with the file's titles, and the rows that make an entry each."""
    groups: list[list[Row]] = []
    names: dict[str, str] = {}
    key = ("", "")
    for row in rows_of(content, most_rows):
        if not names:
            names = _names(list(row.cells), chosen)
        told = Row(row.number, {name: row.cells.get(title) or "" for name, title in names.items()})
        entry, date = told.cells.get("entry", ""), told.cells["date"]
        if entry and entry == key[0] and date in {"", key[1]}:
            groups[-1].append(told)
        else:
            groups.append([told])
            key = (entry, date)
    return names, groups


def _names(titles: list[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Our column names with the file's titles. Raises ``ColumnMissing``."""
    names = {}
    for name, known in COLUMNS.items():
        wanted = [chosen[name].strip().lower()] if name in chosen else list(known)
        title = next((t for t in wanted if t in titles), None)
        if title is not None:
            names[name] = title
    split = "account" in names and "amount" not in names
    form = ("account", "debit", "credit", "entry") if split else ("debit", "credit", "amount")
    for needed in ("date", "text", *form):
        if needed not in names:
            raise ColumnMissing(column=needed, found=", ".join(titles)[:200])
    return names


def _entry(group: list[Row], reader: Reader, names: Mapping[str, str], key: str) -> bulk.NewEntry:
    first = group[0].cells
    date = _day(first["date"], "date")
    typed, refusals = list[TypedLine](), list[DomainError]()
    for row in group:
        try:
            _require_short(row.cells)
            if row.cells.get("account") or "amount" not in row.cells:
                typed.append(_split_line(row.cells, shared=first["text"]))
            else:
                typed += _simple_lines(row.cells, reader, date)
        except DomainError as refusal:
            refusals += _placed(refusal, [row], names)
    if refusals:
        raise Refusals(refusals)
    return bulk.NewEntry(
        date=date, text=first["text"].strip(), lines=reader.lines(typed, date=date),
        voucher=first.get("voucher", "").strip(), kind=_word(first, "kind", KINDS), source_key=key,
    )  # fmt: skip


def _require_short(cells: Mapping[str, str]) -> None:
    for name, limit in LONGEST.items():
        if len(cells.get(name, "").strip()) > limit:
            raise TooLong(field=name, limit=limit)


def _word(cells: Mapping[str, str], name: str, known: Mapping[str, str]) -> str:
    value = cells.get(name, "").strip()
    if value.lower() not in known:
        raise UnknownWord(field=name, value=value[:40], known=", ".join(filter(None, known)))
    return known[value.lower()]


def _simple_lines(cells: Mapping[str, str], reader: Reader, date: dt.date) -> list[TypedLine]:
    more = _more(cells)
    return simple_entry(
        reader=reader, date=date, debit=cells["debit"], credit=cells["credit"],
        amount=typed_amount(cells["amount"], field="amount"), vat_code=cells.get("vat_code", ""),
        vat_basis=_word(cells, "vat_basis", BASES), **more,
    )  # fmt: skip


def _split_line(cells: Mapping[str, str], *, shared: str) -> TypedLine:
    """A line of a split entry; its text is its own where it differs from the entry's."""
    if not cells["account"]:
        raise UnknownAccount(value="")
    return TypedLine(
        account=cells["account"],
        debit=typed_amount(cells["debit"], field="debit") if cells.get("debit") else ZERO,
        credit=typed_amount(cells["credit"], field="credit") if cells.get("credit") else ZERO,
        vat_code=cells.get("vat_code", ""),
        vat_basis=_word(cells, "vat_basis", BASES),
        text="" if cells["text"].strip() == shared.strip() else cells["text"].strip(),
        **_more(cells),
    )


def _more(cells: Mapping[str, str]) -> dict[str, Any]:
    more: dict[str, Any] = {
        name: cells[name] for name in ("cost_centre", "cost_object", "currency") if cells.get(name)
    }
    if cells.get("supply_date"):
        more["supply_date"] = _day(cells["supply_date"], "supply_date")
    if cells.get("amount_foreign"):
        more["amount_foreign"] = typed_amount(cells["amount_foreign"], field="amount_foreign")
    return more


def _day(text: str, place: str) -> dt.date:
    swiss = _SWISS_DAY.fullmatch(text.strip())
    try:
        if swiss:
            day, month, year = (int(part) for part in swiss.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise NotADate(field=place, value=text[:20]) from None


def _placed(refusal: DomainError, group: list[Row], names: Mapping[str, str]) -> list[DomainError]:
    """A refusal with row, column and value of the file, the column as it is titled there."""
    found: list[DomainError] = []
    for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
        if isinstance(one, BadRow):
            found.append(one)
            continue
        row, column = _place(one, group)
        value = row.cells.get(column, "")[:60]
        found.append(BadRow(row=row.number, column=names.get(column, column), value=value,
                            remedy=str(one)))  # fmt: skip
    return found


def _place(refusal: DomainError, group: list[Row]) -> tuple[Row, str]:
    """Where in an entry's rows the value or the account stands that a refusal names."""
    place = refusal.place or "lines"
    for name in ("value", "account"):
        wanted = str(refusal.values.get(name, ""))
        for row in group if wanted else ():
            for column in (place, "account", "debit", "credit"):
                if row.cells.get(column, "").strip() == wanted:
                    return row, (column if place in {"account", "lines"} else place)
    column = "entry" if place == "lines" else place
    return next((row for row in group if row.cells.get(column)), group[0]), column
