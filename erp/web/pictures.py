"""Originals on pages: in place, or as a picture of a size with ``?width=``."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from erp.core.errors import DomainError
from erp.core.filetypes import JPEG
from erp.documents import scaled, serving
from erp.documents.models import StoredFile

_WIDTHS = {str(one): one for one in scaled.WIDTHS}


def shown(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """An original to be looked at: with ``?width=`` its first page, drawn anew as a JPEG picture.

    With ``?download=`` it is saved. Answers 404 to other widths than ``scaled.WIDTHS``, for what
    cannot be drawn, and where the archive lost the original.
    """
    asked = request.GET.get("width")
    if asked is None:
        return serving.original(file, download="download" in request.GET)
    if asked not in _WIDTHS:
        raise Http404
    try:
        return serving.drawn(scaled.picture_of(file, width=_WIDTHS[asked]), JPEG)
    except (FileNotFoundError, DomainError):
        raise Http404 from None
