"""Products from CSV or XLSX (Artikel importieren): a dry run that is the import.

A row whose number is there changes that product, others are added. Columns that the file does not
have leave a product as it is; an empty cell empties a field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger.entering import Reader, UnknownAccount, UnknownCostUnit, UnknownVatCode
from accounting.receivables import products
from accounting.receivables.lines import MOST_DECIMALS
from accounting.receivables.models import Product
from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing, UnknownWord
from erp.core.money import typed_amount
from erp.core.spreadsheets import Row, rows_of

_MOST_SHOWN: Final = 50  # rows of a preview
_LANGUAGES: Final = {
    "de": ("deutsch", "de", "allemand", "tedesco", "german"),
    "fr": ("französisch", "fr", "français", "francese", "french"),
    "it": ("italienisch", "it", "italien", "italiano", "italian"),
    "en": ("englisch", "en", "anglais", "inglese", "english"),
}
_PARTS: Final = {
    "name": ("name", "bezeichnung", "artikel", "désignation", "denominazione", "nome", "nom"),
    "text": ("text", "beschreibung", "description", "descrizione", "texte", "testo"),
    "unit": ("unit", "einheit", "unité", "unità"),
}
#: Columns and the titles they are found by; those of a language also bear its name.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "nummer", "artikelnummer", "nr", "nr.", "artikel-nr.", "numéro", "numero",
               "no."),
    **{f"{part}_{language}": (
        f"{part}_{language}",
        *(f"{word} {spoken}" for word in words for spoken in names),
        *(f"{word} ({spoken})" for word in words for spoken in names),
    ) for part, words in _PARTS.items() for language, names in _LANGUAGES.items()},
    "price": ("price", "preis", "prix", "prezzo"),
    "basis": ("basis", "preis ist", "price is", "base", "mwst", "tva", "iva", "vat"),
    "account": ("account", "konto", "ertragskonto", "compte", "conto", "income account"),
    "vat_code": ("vat_code", "vat code", "mwst-code", "code tva", "codice iva"),
    "cost_centre": ("cost_centre", "cost centre", "kostenstelle", "centre de coûts", "centro di costo"),
    "cost_object": ("cost_object", "cost object", "kostenträger", "objet de coûts", "oggetto di costo"),
    "active": ("active", "aktiv", "actif", "attivo"),
}  # fmt: skip
#: What people write for codes.
WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "basis": {
        **dict.fromkeys(("net", "netto", "exkl", "exkl.", "excl", "hors taxe", "ht", "esclusa"), "net"),
        **dict.fromkeys(("gross", "brutto", "inkl", "inkl.", "incl", "ttc", "inclusa"), "gross"),
    },
    "active": {
        **dict.fromkeys(("true", "1", "ja", "yes", "oui", "sì", "si", "x", "wahr"), True),
        **dict.fromkeys(("false", "0", "nein", "no", "non", "falsch"), False),
    },
}  # fmt: skip


class NumberTwice(DomainError):
    code = "products.number_twice"
    message = _("Number %(value)s is in the file twice. Keep one of the rows.")
    field = "number"


@dataclass
class Entry:
    """A row as a product that is not saved yet; ``before`` is what it was, empty of a new one."""

    row: int
    product: Product
    before: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return not self.before

    @property
    def is_altered(self) -> bool:
        return bool(self.before) and self.before != products.shown(self.product)


@dataclass
class Preview:
    """What an import would do; ``refusals`` name every bad row."""

    entries: list[Entry] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)

    @property
    def added(self) -> list[Entry]:
        return [one for one in self.entries if one.is_new]

    @property
    def altered(self) -> list[Entry]:
        return [one for one in self.entries if one.is_altered]

    @property
    def first(self) -> list[Entry]:
        return self.entries[:_MOST_SHOWN]


def dry_run(*, company: Company, content: bytes) -> Preview:
    """Read and check a file as the import would, writing nothing; bad rows are collected.

    Raises ``ColumnMissing`` or ``UnreadableFile``.
    """
    reader = Reader(company)
    there = {one.number.lower(): one for one in Product.of(company).select_related(
        "company", "account", "vat_code", "cost_centre", "cost_object")}  # fmt: skip
    following = products.next_number(company)
    found, seen, columns = Preview(), set[str](), dict[str, str]()
    for row in rows_of(content, decimals=MOST_DECIMALS):
        if not columns:
            columns = _columns(list(row.cells), company)
        cells = {name: row.cells.get(title, "").strip() for name, title in columns.items()}
        try:
            number = cells.get("number", "")
            if number and number.lower() in seen:
                raise NumberTwice(value=number)
            seen.add(number.lower())
            known = there.get(number.lower()) if number else None
            product = known or Product(company=company)
            before = products.shown(product) if known else {}
            if not number:
                while str(following) in seen or str(following) in there:
                    following += 1
                cells["number"] = str(following)
                seen.add(cells["number"])
            products.put(product, _values(cells, reader, company, is_new=known is None))
            found.entries.append(Entry(row.number, product, before))
        except DomainError as refusal:
            each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
            found.refusals += [_placed(one, row, columns) for one in each]
    return found


@transaction.atomic
def import_products(*, company: Company, content: bytes, by: User) -> Preview:
    """Add and change the products of a file, or none of them. Raises ``Refusals`` with each bad row."""
    with connection.cursor() as cursor:  # one import of a company at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"product-import:{company.pk}"])  # fmt: skip
    preview = dry_run(company=company, content=content)
    if preview.refusals:
        raise Refusals(preview.refusals)
    new, changed = [one.product for one in preview.added], preview.altered
    count = {"count": len(new), "changed": len(changed), "file": _digest(content)}
    for one in changed:
        one.product.version += 1
        products.note(one.product, one.before, by)
    Product.unscoped.bulk_update(
        [one.product for one in changed], [*products.FIELDS, "version"], batch_size=500
    )
    Product.unscoped.bulk_create(new, batch_size=500)
    span = {"first_id": new[0].pk, "last_id": new[-1].pk} if new else {}
    trail.record(company=company, by=by, action="products.import", details=count | span)
    return preview


def was_imported(company: Company, content: bytes) -> int:
    """How often a file of the same content was imported."""
    return AuditEvent.of(company).filter(
        action="products.import", details__file=_digest(content)
    ).count()  # fmt: skip


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _columns(titles: list[str], company: Company) -> dict[str, str]:
    """Our columns with the file's titles; ``name`` alone is in the company's language."""
    known = {name: list(words) for name, words in COLUMNS.items()}
    for part, words in _PARTS.items():
        known[f"{part}_{company.language}"] += words
    found = {name: title for name, words in known.items()
             if (title := next((word for word in words if word in titles), ""))}  # fmt: skip
    if not any(name in found for name in ("number", *products.NAMES)):
        raise ColumnMissing(column=f"name_{company.language}", found=", ".join(titles)[:200])
    return found


def _values(
    cells: Mapping[str, str], reader: Reader, company: Company, *, is_new: bool
) -> dict[str, Any]:
    """Cells as values for the act. Raises ``Refusals`` with what cannot be read."""
    told: dict[str, Any] = {}
    faults = list[DomainError]()
    for name, text in cells.items():
        try:
            told[name] = _value(name, text, reader)
        except DomainError as refusal:
            faults.append(refusal)
    if is_new:  # what an empty cell means of something new
        told = {name: value for name, value in told.items() if value not in ("", None)}
    for name in ("basis", "active"):
        if told.get(name, "") in ("", None):
            told.pop(name, None)
    if faults:
        raise Refusals(faults)
    return told


def _value(name: str, text: str, reader: Reader) -> Any:
    if name == "price":
        return typed_amount(text, decimals=MOST_DECIMALS, field="price") if text else None
    if name in WORDS:
        word = text.lower()
        if word and word not in WORDS[name]:
            raise UnknownWord(field=name, value=text[:40], known=", ".join(WORDS[name]))
        return WORDS[name].get(word)
    if name in {"account", "vat_code", "cost_centre", "cost_object"}:
        return _named(name, text, reader)
    return text


def _named(name: str, text: str, reader: Reader) -> Any:
    if not text:
        return None
    rows: dict[str, Mapping[str, Any]] = {
        "account": reader.accounts, "vat_code": reader.vat_codes,
        "cost_centre": reader.cost_centres, "cost_object": reader.cost_objects,
    }  # fmt: skip
    found = rows[name].get(text.upper() if name == "vat_code" else text)
    if found is None:
        unknown = {"account": UnknownAccount, "vat_code": UnknownVatCode}.get(name, UnknownCostUnit)
        raise unknown(field=name, value=text[:40])
    return found


def _placed(refusal: DomainError, row: Row, columns: Mapping[str, str]) -> BadRow:
    place = refusal.place or "number"
    title = columns.get(place, place)
    return BadRow(row=row.number, column=title, value=row.cells.get(title, "")[:60],
                  remedy=str(refusal))  # fmt: skip
