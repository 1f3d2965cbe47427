"""Stored PDF files as one, to print at once (Sammeldruck)."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pypdfium2 as pdfium
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NothingToPrint(DomainError):
    code = "documents.nothing_to_print"
    message = _("There is nothing to print. Choose at least one document.")
    field = "documents"


def joined(files: Iterable[bytes]) -> bytes:
    """PDF files one after the other, in a file of their own. Raises ``NothingToPrint``."""
    whole = pdfium.PdfDocument.new()
    for content in files:
        one = pdfium.PdfDocument(content)
        whole.import_pages(one)
        one.close()
    if not len(whole):
        raise NothingToPrint
    out = io.BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()
