"""The paragraphs that a company writes itself: organisation, responsibilities, where paper is kept …"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounting.procedure.models import ProcedureText
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

DATA: Final = Path(__file__).parent / "data"
LONGEST: Final = 4000


class NoSuchText(DomainError):
    code = "procedure.no_such_text"
    message = _("There is no paragraph “%(code)s”. Use one of: %(known)s.")
    field = "code"
    missing = True


class TextTooLong(DomainError):
    code = "procedure.text_too_long"
    message = _("The paragraph has %(length)s characters; %(most)s at most are possible.")
    field = "text"


class TextOvertaken(DomainError):
    code = "procedure.text_overtaken"
    message = _("Somebody else wrote the paragraph “%(title)s” meanwhile. Copy what you wrote, look at the page "
                "again, and bring both together.")  # fmt: skip
    field = "text"
    conflict = True


@dataclass(frozen=True, slots=True)
class OwnText:
    """A paragraph; ``hint`` says what belongs into it, ``text`` is blank where nobody wrote one."""

    code: str
    title: str
    hint: str
    text: str
    changed_at: dt.datetime | None
    changed_by: User | None

    @property
    def version(self) -> str:
        """Another one with each text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """The paragraphs there are, in order, with title and hint by language."""
    with (DATA / "own_texts.toml").open("rb") as file:
        return tomllib.load(file)


def texts_of(company: Company) -> list[OwnText]:
    """All paragraphs in the active language, the written and the blank; one query."""
    rows = ProcedureText.of(company).select_related("changed_by")
    own = {one.code: one for one in rows}
    found = []
    for code, told in kinds().items():
        words, row = told[(get_language() or "de")[:2]], own.get(code)
        found.append(OwnText(
            code, words["title"], words["hint"], row.text if row else "",
            row.changed_at if row else None, row.changed_by if row else None,
        ))  # fmt: skip
    return found


@transaction.atomic
def write_text(*, company: Company, code: str, text: str, by: User) -> None:
    """Keep a paragraph; a blank one takes it away. What it was is in the trail.

    Raises ``NoSuchText`` or ``TextTooLong``.
    """
    if code not in kinds():
        raise NoSuchText(code=code, known=", ".join(kinds()))
    told = _plain(text)
    if len(told) > LONGEST:
        raise TextTooLong(length=len(told), most=LONGEST)
    hold(company)
    row = ProcedureText.of(company).filter(code=code).first()
    before = row.text if row else ""
    if told == before:
        return
    row = row or ProcedureText(company=company, code=code)
    row.text, row.changed_at, row.changed_by = told, clock.now(), by
    row.save()
    trail.record(company=company, by=by, action="procedure.write", subject=row,
                 details={"code": code, "text": [before, told]})  # fmt: skip


@transaction.atomic
def rewrite(
    *, company: Company, texts: Mapping[str, str], seen: Mapping[str, str], by: User
) -> None:
    """Keep those of several paragraphs by code that were changed from what was ``seen``, a version each.

    What stays as it was seen is left as it is now, whoever wrote it meanwhile. Raises as ``write_text``, or
    ``TextOvertaken``.
    """
    hold(company)
    now = {one.code: one for one in texts_of(company)}
    for code, text in texts.items():
        one = now.get(code)
        told = hashlib.sha256(_plain(text).encode()).hexdigest()
        if one is not None and told in (seen.get(code), one.version):
            continue
        if one is not None and code in seen and seen[code] != one.version:
            raise TextOvertaken(title=one.title, field=f"text-{code}")
        write_text(company=company, code=code, text=text, by=by)


def _plain(text: str) -> str:
    """A text as it is kept."""
    return text.replace("\r\n", "\n").strip()


def hold(company: Company) -> None:
    """Let nobody else write until this transaction ends."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
