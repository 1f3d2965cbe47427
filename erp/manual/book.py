"""The manual as a book (Handbuch als PDF): all chapters and messages of one language.

Laying out some 150 leaves takes half a minute. It is done once for each language and state of the
program, by the queue or by ``manage.py manual``, and kept in the shared cache.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache as cached
from pathlib import Path
from typing import Any, Final

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from erp.core import sandbox
from erp.core.version import VERSION
from erp.documents.pdf import STYLES
from erp.manual import texts
from erp.manual.codes import ABOUT, TITLE, by_page
from erp.manual.contents import CHAPTERS

KEPT: Final = 30 * 24 * 3600  # seconds
SHEET: Final = STYLES / "manual.css"
WORDINGS: Final = Path(__file__).resolve().parent.parent / "locale"
TEMPLATE: Final = WORDINGS.parent / "templates" / "erp" / "manual" / "book.html"


def kept(language: str) -> bytes | None:
    """The book as it was printed of what the program holds now, or None where nobody asked for it yet."""
    found: bytes | None = cache.get(_key(language))
    return found


def print_book(language: str, *, day: dt.date) -> bytes:
    """Lay the book out and keep it (PDF). ``day`` is told as that of the edition. Raises ``PdfUnavailable``."""
    html = book_html(language, version=VERSION, day=day)
    pdf: bytes = sandbox.call(
        "erp.documents.pdf:render_apart", html.encode(), patience=10, sheets=["manual"]
    )
    cache.set(_key(language), pdf, KEPT)
    return pdf


@cached
def _key(language: str) -> str:
    """Where the book of a language is kept: by what it is made of."""
    digest = hashlib.sha256(VERSION.encode())
    for path in (
        *sorted((texts.FOLDER / language).glob("*.md")), SHEET, TEMPLATE, *sorted(WORDINGS.glob("*/*/*.mo")),
    ):  # fmt: skip
        digest.update(path.read_bytes())
    return f"manual:{language}:{digest.hexdigest()[:32]}"


def book_html(language: str, *, version: str, day: dt.date) -> str:
    """The whole manual as one page that needs nothing from outside, for the sheet ``manual``.

    Links lead within the book: a page has its name as id, a place its page's name, two hyphens and its anchor.
    """
    with override(language):
        chapters = [
            (chapter, [(read, read.html(_within, prefix=f"{read.name}--")) for read in chapter.read(language)])
            for chapter in CHAPTERS
        ]  # fmt: skip
        context: dict[str, Any] = {
            "language": language, "title": _("Manual"), "version": version, "day": day,
            "about": _("Bookkeeping, debtors, creditors, VAT and payroll for Swiss companies"),
            "chapters": chapters, "codes_title": str(TITLE), "codes_about": str(ABOUT),
            "codes": [(texts.page(name, language), told) for name, told in by_page(language).items()],
        }  # fmt: skip
        return render_to_string("erp/manual/book.html", context)


def _within(name: str, anchor: str) -> str:
    return f"#{name}--{anchor}" if anchor else f"#{name}"
