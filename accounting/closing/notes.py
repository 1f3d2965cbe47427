"""Notes to the annual accounts (Anhang, OR 959c): the law's list, with texts of each company and year.

``data/notes.csv`` holds titles and texts in four languages. What ``stands`` by itself is true of every
company; the other texts are offered, and printed only once somebody has written or taken them over.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounting.closing.models import AnnualNote
from accounting.ledger.models import FiscalYear, YearClosing
from accounting.ledger.years import YearIsClosed
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, LegalForm
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError

DATA: Final = Path(__file__).parent / "data"
LONGEST: Final = 8000
#: Who may leave the notes out (OR 959c para. 3).
MAY_OMIT: Final = frozenset({LegalForm.SOLE_PROPRIETOR, LegalForm.PARTNERSHIP})


class NoSuchNote(DomainError):
    code = "closing.no_such_note"
    message = gettext_lazy("There is no note “%(code)s”. Use one of the list of notes.")
    field = "code"
    missing = True


class NoteTooLong(DomainError):
    code = "closing.note_too_long"
    message = gettext_lazy("The text has %(length)s characters; a note has %(most)s at most.")
    field = "text"


@dataclass(frozen=True, slots=True)
class NoteKind:
    """A note as the law lists it, with its usual text in each language."""

    code: str
    source: str
    stands: bool
    titles: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a year. ``text`` is what is printed, blank where it is left out; ``offered`` the usual text."""

    code: str
    title: str
    source: str
    text: str
    offered: str
    is_own: bool


@cache
def kinds() -> tuple[NoteKind, ...]:
    """The law's list, in the order of print."""
    languages = ("de", "fr", "it", "en")
    with (DATA / "notes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            NoteKind(row["code"], row["source"], row["stands"] == "yes",
                     {one: row[f"title_{one}"] for one in languages},
                     {one: row[f"text_{one}"] for one in languages})
            for row in csv.DictReader(file)
        )  # fmt: skip


def notes_of(company: Company, year: FiscalYear) -> list[Note]:
    """The notes of a year in the language of the company; one query."""
    own = dict(AnnualNote.of(company).filter(fiscal_year=year).values_list("code", "text"))
    told = _told(company, year)
    found = []
    for kind in kinds():
        offered = _filled(kind.texts[company.language], told)
        text = own.get(kind.code, offered if kind.stands else "")
        found.append(Note(kind.code, kind.titles[company.language], kind.source, text, offered,
                          kind.code in own))  # fmt: skip
    return found


@transaction.atomic
def write_note(
    *, company: Company, year: FiscalYear, code: str, text: str | None, by: User
) -> None:
    """Keep a company's own text of a note; a blank one leaves the note out, None takes the usual text again.

    Raises ``NoSuchNote``, ``NoteTooLong``, or ``YearIsClosed``: the notes were signed with the year.
    """
    if code not in {kind.code for kind in kinds()}:
        raise NoSuchNote(code=code)
    if text is not None and len(text) > LONGEST:
        raise NoteTooLong(length=len(text), most=LONGEST)
    if YearClosing.standing(company).filter(fiscal_year=year).exists():
        raise YearIsClosed(year=year, field="fiscal_year")
    rows = AnnualNote.of(company).filter(fiscal_year=year, code=code)
    before = rows.values_list("text", flat=True).first()
    told = text if text is None else text.replace("\r\n", "\n").strip()
    if told == before:
        return
    if told is None:
        rows.delete()
    else:
        AnnualNote.unscoped.update_or_create(
            company=company, fiscal_year=year, code=code,
            defaults={"text": told, "changed_at": clock.now(), "changed_by": by},
        )  # fmt: skip
    trail.record(company=company, by=by, action="year.note", subject=year,
                 details={"name": year.name, "note": code, "text": [before, told]})  # fmt: skip


def _told(company: Company, year: FiscalYear) -> dict[str, str]:
    with override(company.language):
        form = str(LegalForm(company.legal_form).label)
        return {
            "company": company.name, "legal_form": form, "seat": company.town or _("(seat)"),
            "currency": company.currency, "year_end": swiss_date(year.end),
        }  # fmt: skip


def _filled(text: str, told: Mapping[str, str]) -> str:
    """A shipped text with its places filled; nothing else is a place, and no text of others gets here."""
    for name, value in told.items():
        text = text.replace("{" + name + "}", value)
    return text
