"""The whole documentation of a year (Verfahrensdokumentation), chapter by chapter.

What is told is how the company is set up at the moment of asking, and from the audit trail what of it was
changed in the year and since. Chapters of modules that were off all year are left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.ledger.models import FiscalYear
from accounting.procedure.happened import happened
from accounting.procedure.values import Asked, Content, Part, Table, day, parts
from erp.access.models import Membership
from erp.companies.models import Company, Module

DATA: Final = Path(__file__).parent / "data"
FORM: Final = "rappen-procedure-1"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter in one language. ``withheld`` names the rights that the reader lacks for the rest."""

    code: str
    title: str
    source: str
    text: tuple[str, ...]
    note: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    own: tuple[tuple[str, str], ...]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """The documentation of a fiscal year as it stands at a moment, in one language."""

    company: Company
    year: FiscalYear
    language: str
    at: dt.datetime
    chapters: tuple[Chapter, ...]

    def told(self) -> dict[str, Any]:
        """As data: names, days and texts as they are printed."""
        return {
            "form": FORM, "company": self.company.name, "uid": self.company.uid,
            "fiscal_year": self.year.name, "start": self.year.start.isoformat(),
            "end": self.year.end.isoformat(), "language": self.language,
            "at": self.at.isoformat(timespec="seconds"), "sha256": self.digest,
            "chapters": [asdict(one) for one in self.chapters],
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, whenever it is asked: two that say the same have the same."""
        chapters = [asdict(one) for one in self.chapters]
        said = [FORM, self.company.name, self.year.name, self.language, chapters]
        content = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()


@cache
def wording() -> Mapping[str, Mapping[str, Any]]:
    """Title and text of each chapter by language, in order, with the law it follows from."""
    with (DATA / "chapters.toml").open("rb") as file:
        return tomllib.load(file)


def compose(
    company: Company, year: FiscalYear, *, language: str, granted: Collection[str], at: dt.datetime
) -> Procedure:
    """The documentation for somebody with the rights ``granted``, as of now, which is ``at``.

    A fixed number of queries, but for one by kind of record that was changed.
    """
    rows = Membership.of(company).values_list("user_id", "role__code").order_by("pk")
    asked = Asked(company, year, frozenset(granted), at, happened(company, year, list(rows), at))
    known = parts()
    with override(language):
        chapters = tuple(
            _chapter(known[code], words, asked, language) for code, words in wording().items()
            if _was_there(known[code], asked)
        )  # fmt: skip
    return Procedure(company, year, language, at, chapters)


def _was_there(part: Part, asked: Asked) -> bool:
    """Whether the module of a chapter is on, or was on at some time since the year began."""
    switched = [one for one in asked.happened.switches if one.module == part.module]
    return (
        part.module is None
        or asked.company.uses(part.module)
        or any(not one.on and one.at >= asked.begins for one in switched)
    )


def _chapter(part: Part, words: Mapping[str, Any], asked: Asked, language: str) -> Chapter:
    is_off = part.module is not None and not asked.company.uses(part.module)
    told = Content() if is_off else part.ask(asked)
    return Chapter(
        part.code, words[language]["title"], words.get("source", ""),
        tuple(one.strip() for one in words[language]["text"].split("\n\n") if one.strip()),
        _note(part, asked) if is_off else "", told.facts, told.tables, told.own,
        tuple(str(right.label) for right in told.withheld),
    )  # fmt: skip


def _note(part: Part, asked: Asked) -> str:
    off = [one for one in asked.happened.switches if one.module == part.module and not one.on]
    return _("The module “%(module)s” was switched off on %(day)s. What it holds is kept.") % {
        "module": Module(part.module or "").label, "day": day(off[-1].at),
    }  # fmt: skip
