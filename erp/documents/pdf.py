"""HTML to PDF (WeasyPrint). Nothing is fetched: pictures come within the page, styles from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from threading import local
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

STYLES: Final = Path(__file__).resolve().parent.parent / "static" / "erp" / "css"


class PdfUnavailable(DomainError):
    code = "documents.pdf_unavailable"
    message = _("PDF files cannot be made: a system library is missing. Install it with: "
                "apt install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation")  # fmt: skip


def render(html: str, *, sheets: Sequence[str] = ("print",), archive: bool = False) -> bytes:
    """A PDF of a page that needs nothing from outside, in the style of some of our sheets.

    ``sheets`` are ``print`` (lists), ``slip`` (documents with a QR-bill), ``paper`` (letters, over
    ``slip``). For the ``archive`` it is PDF/A-3b (ISO 19005-3). The same page gives the same
    bytes: nothing in it is of chance, and a date only where the page tells one. Raises
    ``PdfUnavailable``.
    """
    return bind([html], sheets=sheets, archive=archive)


def bind(
    pages: Iterable[str], *, sheets: Sequence[str] = ("print",), archive: bool = False
) -> bytes:
    """Several such pages as one PDF, each beginning on a leaf of its own; the first gives the title.

    Raises ``PdfUnavailable``, or ``ValueError`` without any page.
    """
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable from error
    from weasyprint.urls import URLFetcher

    drawn, styles, fonts = [], _styles(*sheets), _fonts()
    for page in pages:
        read = weasyprint.HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=["data"]))
        drawn.append(read.render(stylesheets=[styles], font_config=fonts))
    if not drawn:
        raise ValueError("nothing to print")
    whole = drawn[0].copy([page for one in drawn for page in one.pages])
    pdf: bytes = whole.write_pdf(pdf_variant="pdf/a-3b" if archive else None)
    return pdf


@cache
def _styles(*sheets: str) -> Any:
    import weasyprint

    texts = [(STYLES / f"{sheet}.css").read_text(encoding="utf-8") for sheet in sheets]
    return weasyprint.CSS(string="\n".join(texts))


_local: Final = local()


def _fonts() -> Any:
    """The fonts of this machine, read once for each thread (Pango's map is not for several)."""
    if not hasattr(_local, "fonts"):
        from weasyprint.text.fonts import FontConfiguration

        _local.fonts = FontConfiguration()
    return _local.fonts
