"""What stands above and below the lines of documents (Texte): ready-made, or a company's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.receivables.models import DocumentText, SalesDocument
from contacts.rows import clean_text
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Language
from erp.core.errors import DomainError, Refusals

Kind = SalesDocument.Kind
READY_MADE: Final = Path(__file__).parent / "data" / "texts.toml"
PARTS: Final = ("intro", "closing")
MOST: Final = 4000
#: What may stand in braces. ``due_date`` is when an invoice is due, and until when an offer is valid;
#: ``name`` is the customer's, ``total`` the amount to pay with its currency.
PLACEHOLDERS: Final = {
    Kind.OFFER: ("number", "date", "due_date", "name", "total"),
    Kind.ORDER: ("number", "date", "name", "total"),
    Kind.INVOICE: ("number", "date", "due_date", "name", "total"),
    Kind.CREDIT_NOTE: ("number", "date", "name", "total"),
}
_BRACES: Final = re.compile(r"\{([^{}\n]*)\}")


class UnknownPlaceholder(DomainError):
    code = "texts.unknown_placeholder"
    message = _("“%(value)s” is no placeholder here. Use one of: %(known)s.")
    field = "intro"


class LooseBrace(DomainError):
    code = "texts.loose_brace"
    message = _("A brace stands alone in “%(value)s”. Braces are for placeholders, such as {number}; take "
                "it away, or complete it.")  # fmt: skip
    field = "intro"


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of a kind of document in a language; ``own`` is false of ready-made ones."""

    kind: str
    language: str
    intro: str
    closing: str
    own: bool


def texts(company: Company) -> list[Text]:
    """The texts of all kinds and languages: one query."""
    stored = {(one.kind, one.language): one for one in DocumentText.of(company)}
    return [_text(stored.get((kind.value, language.value)), kind, language)
            for kind in Kind for language in Language]  # fmt: skip


def text_of(company: Company, kind: str, language: str) -> Text:
    """What documents of a kind say in a language."""
    stored = DocumentText.of(company).filter(kind=kind, language=language).first()
    return _text(stored, kind, language)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; one that ``values`` does not have stays as it is."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)


@transaction.atomic
def save_text(
    *, company: Company, kind: str, language: str, by: User, **told: str
) -> Text:  # fmt: skip
    """Write own texts for a kind of document in a language; ``told`` are ``intro`` and ``closing``.

    Raises ``Refusals`` with all of ``UnknownPlaceholder``, ``LooseBrace`` and faults of texts.
    """
    before = text_of(company, kind, language)
    checked = {part: getattr(before, part) for part in PARTS}
    faults = list[DomainError]()
    for part in PARTS:
        try:
            if part in told:
                checked[part] = _checked(told[part], part, Kind(kind))
        except DomainError as refusal:
            faults.append(refusal)
    if faults:
        raise Refusals(faults)
    row, _created = DocumentText.unscoped.update_or_create(
        company=company, kind=kind, language=language, defaults=checked
    )
    if changes := trail.changes({part: getattr(before, part) for part in PARTS}, checked):
        _record("document_text.change", row, by, changes)
    return text_of(company, kind, language)


@transaction.atomic
def forget_text(*, company: Company, kind: str, language: str, by: User) -> Text:
    """Go back to the ready-made texts of a kind and language."""
    row = DocumentText.of(company).filter(kind=kind, language=language).first()
    if row is not None:
        _record("document_text.delete", row, by, trail.filled(trail.values(row, *PARTS)))
        row.delete()
    return text_of(company, kind, language)


def _record(action: str, row: DocumentText, by: User, details: Mapping[str, Any]) -> None:
    shown = {"kind": row.get_kind_display(), "language": row.get_language_display()}
    trail.record(
        company=row.company, by=by, action=action, subject=row, details=shown | dict(details)
    )


def _text(stored: DocumentText | None, kind: str, language: str) -> Text:
    if stored is not None:
        return Text(str(kind), str(language), stored.intro, stored.closing, own=True)
    return Text(str(kind), str(language), own=False, **_ready_made()[str(kind)][str(language)])


@cache
def _ready_made() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(READY_MADE.read_text(encoding="utf-8"))


def _checked(text: str, part: str, kind: Kind) -> str:
    cleaned = clean_text(text or "", part, MOST)
    known = PLACEHOLDERS[kind]
    for found in _BRACES.finditer(cleaned):
        if found[1] not in known:
            shown = ", ".join(f"{{{name}}}" for name in known)
            raise UnknownPlaceholder(field=part, value=found[0][:40], known=shown)
    rest = _BRACES.sub("", cleaned)
    if (brace := re.search(r"[{}]", rest)) is not None:
        around = rest[max(0, brace.start() - 15) : brace.start() + 15]
        raise LooseBrace(field=part, value=" ".join(around.split()))
    return cleaned
