"""HTML to PDF (WeasyPrint). Nothing is fetched: pictures come within the page, styles from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
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
    ``slip``), ``annual`` (annual accounts, over ``print``), ``procedure`` (procedure documentation, over
    ``print``), ``manual``. For the ``archive`` it is PDF/A-3b
    (ISO 19005-3). The same page gives the same bytes: nothing in it is of chance, and a date only
    where the page tells one. Raises ``PdfUnavailable``.
    """
    pdf: bytes = _laid_out(html, sheets).write_pdf(pdf_variant="pdf/a-3b" if archive else None)
    return pdf


def render_apart(html: bytes, *, sheets: Sequence[str], archive: bool = False) -> bytes:
    """As ``render``, for a child process (``erp.core.sandbox``): what takes half a minute and half a gigabyte."""
    return render(html.decode(), sheets=tuple(sheets), archive=archive)


def bind(pages: Iterable[str], *, sheets: Sequence[str] = ("print",)) -> bytes:
    """Many such pages as one PDF, each beginning on a leaf of its own; the first gives the title.

    Each is laid out twice, once to count its leaves and once to paint them, so that no more than
    one is held at a time: a page laid out takes some 3 MB. Raises ``PdfUnavailable``, or
    ``ValueError`` without any page.
    """
    whole, leaves = None, []
    for html in pages:
        laid_out = _laid_out(html, sheets)
        whole = whole or laid_out.copy([])
        leaves += _leaves(laid_out, partial(_laid_out, html, sheets))
    if whole is None:
        raise ValueError("nothing to print")
    pdf: bytes = whole.copy(leaves).write_pdf()
    return pdf


def _laid_out(html: str, sheets: Sequence[str]) -> Any:
    """A page as WeasyPrint lays it out, in leaves to be painted. Raises ``PdfUnavailable``."""
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable from error
    from weasyprint.urls import URLFetcher

    read = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    return read.render(stylesheets=[_styles(*sheets)], font_config=_fonts())


class _Leaf:
    """A leaf that is laid out again when it is painted: in place of WeasyPrint's ``Page``.

    The last leaf of its document lets go of it.
    """

    def __init__(self, page: Any, nth: int, document: _Document) -> None:
        self.width, self.height, self.bleed = page.width, page.height, page.bleed
        self.bookmarks, self.anchors = page.bookmarks, page.anchors
        self.links: list[Any] = []
        self.forms: dict[Any, list[Any]] = {None: []}
        self._nth, self._document = nth, document

    def paint(self, stream: Any, scale: float = 1) -> None:
        self._document.leaf(self._nth).paint(stream, scale)
        if all(isinstance(part, bytes) for part in stream.stream):
            stream.stream[:] = [b"\n".join(stream.stream)]  # thousands of small parts take tenfold


class _Document:
    """A document to be laid out when its first leaf is painted."""

    def __init__(self, count: int, lay_out: Callable[[], Any]) -> None:
        self._count, self._lay_out, self._pages = count, lay_out, []  # type: ignore[var-annotated]

    def leaf(self, nth: int) -> Any:
        self._pages = self._pages or self._lay_out().pages
        found = self._pages[nth]
        if nth == self._count - 1:
            self._pages = []
        return found


def _leaves(laid_out: Any, lay_out: Callable[[], Any]) -> list[_Leaf]:
    document = _Document(len(laid_out.pages), lay_out)
    return [_Leaf(page, nth, document) for nth, page in enumerate(laid_out.pages)]


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
