"""HTML to PDF (WeasyPrint). Nothing is fetched: pictures come within the page, styles from here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

STYLES: Final = Path(__file__).resolve().parent.parent / "static" / "erp" / "css"


class PdfUnavailable(DomainError):
    code = "documents.pdf_unavailable"
    message = _("PDF files cannot be made: a system library is missing. Install it with: "
                "apt install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation")  # fmt: skip


def render(html: str, *, sheet: str = "print") -> bytes:
    """A PDF of a page that needs nothing from outside, in the style of one of our sheets.

    ``sheet`` is ``print`` (lists) or ``slip`` (documents with a QR-bill). Raises ``PdfUnavailable``.
    """
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable from error
    from weasyprint.urls import URLFetcher

    page = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    pdf: bytes = page.write_pdf(stylesheets=[_styles(sheet)])
    return pdf


@cache
def _styles(sheet: str) -> Any:
    import weasyprint

    return weasyprint.CSS(string=(STYLES / f"{sheet}.css").read_text(encoding="utf-8"))
