"""Originals to look at (Beleg neben der Maske): their pages, drawn anew as pictures.

What a browser shows is never what came in, but a picture that a child process made of it. Pictures lie
beside the archive and can be made again at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounting.payables.capture import keeping
from accounting.payables.capture.models import InboxDocument
from erp.companies.models import Company
from erp.core import sandbox
from erp.core.errors import DomainError
from erp.documents import storing

WIDTH: Final = 1400  # pixels: an A4 page at 170 dpi, enough to read the smallest print


@dataclass(frozen=True, slots=True)
class Page:
    """A page, from 1, and where its picture is."""

    nth: int
    address: str


@dataclass(frozen=True, slots=True)
class Viewing:
    """A document to look at: its pages, the one shown first, its original, and why it cannot be shown."""

    document: InboxDocument
    pages: tuple[Page, ...]
    first: int
    original: str
    fault: DomainError | None = None


def viewing(company: Company, document: InboxDocument, *, first: int = 1) -> Viewing:
    """What ``accounting/payables/capture/_document.html`` shows as ``viewing``. Asks nothing.

    Before a document is read, its first page is shown: there is one in each file that can be opened.
    """
    fault = keeping.refusal_restored(document.refusal)
    count = 0 if fault else document.pages or 1
    pages = tuple(
        Page(nth, reverse("inbox-page", args=[company.pk, document.pk, nth]))
        for nth in range(1, count + 1)
    )
    original = reverse("inbox-file", args=[company.pk, document.pk])
    return Viewing(document, pages, first if 1 <= first <= count else 1, original, fault)


def picture(document: InboxDocument, nth: int) -> bytes:
    """A page as JPEG; made once, then kept beside the archive.

    Raises what ``scanning.page`` does, or ``FileNotFoundError`` where the original is lost.
    """
    place = _place(document.company_id, document.file.digest, nth)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        content = storing.content_of(document.file)
    made: bytes = sandbox.call(
        "accounting.payables.capture.scanning:page", content, nth=nth, width=WIDTH
    )
    storing.write_once(place, made)
    return made


def _place(company: int, digest: str, nth: int) -> Path:
    return (
        Path(settings.RAPPEN_VAR) / "previews" / str(company) / digest[:2] / f"{digest}-{nth}.jpg"
    )
