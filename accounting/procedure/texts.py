"""The paragraphs that a company writes itself: organisation, responsibilities, where paper is kept …"""

from __future__ import annotations

import datetime as dt
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


@dataclass(frozen=True, slots=True)
class OwnText:
    """A paragraph; ``hint`` says what belongs into it, ``text`` is blank where nobody wrote one."""

    code: str
    title: str
    hint: str
    text: str
    changed_at: dt.datetime | None
    changed_by: User | None


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
    told = text.replace("\r\n", "\n").strip()
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


def hold(company: Company) -> None:
    """Let nobody else write until this transaction ends."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
