"""Handing out originals."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from erp.core.errors import DomainError
from erp.core.filetypes import HEIC, JPEG
from erp.documents import scaled, storing
from erp.documents.models import StoredFile


def of_any_size(file: StoredFile) -> HttpResponseBase:
    """As ``download``; what is large is read piece by piece."""
    return streamed(file) if file.size > storing.LARGEST else download(file)


def download(file: StoredFile) -> HttpResponse:
    """A file to be saved under the name that our own code gave it. Answers 404 if it is lost."""
    response = original(file, download=True)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    return response


def original(file: StoredFile, *, download: bool) -> HttpResponse:
    """The bytes as they came in, which no browser may take for another type, and may not run.

    They are shown in place or, as ``download``, saved; a name never comes from the outside.
    A HEIC picture, which most browsers cannot show, is shown as a JPEG picture drawn of it.
    Answers 404 when the archive lost them.
    """
    if file.content_type == HEIC and not download:
        return _drawn_of(file)
    try:
        content = storing.content_of(file)
    except FileNotFoundError:
        raise Http404 from None
    kind = "attachment" if download else "inline"
    return _bare(content, file.content_type, f'{kind}; filename="{file.digest[:16]}"')


def drawn(content: bytes, content_type: str) -> HttpResponse:
    """A picture that our own code has drawn of an original, to be shown in a page."""
    return _bare(content, content_type, "inline")


def _drawn_of(file: StoredFile) -> HttpResponse:
    """An original drawn anew; to be saved where it cannot be."""
    try:
        return drawn(scaled.picture_of(file), JPEG)
    except FileNotFoundError:
        raise Http404 from None
    except DomainError:
        return original(file, download=True)


def _bare(content: bytes, content_type: str, disposition: str) -> HttpResponse:
    """Bytes that no browser may take for another type, and may not run."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition
    _bind(response)
    return response


def streamed(file: StoredFile) -> HttpResponseBase:
    """As ``download``, read piece by piece: for files that are too large to be held."""
    place = storing.path_of(file.company_id, file.digest)
    return streamed_from(place, name=file.name, content_type=file.content_type)


def streamed_from(path: Path, *, name: str, content_type: str) -> HttpResponseBase:
    """As ``streamed``, a file that lies elsewhere than in the store."""
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    _bind(response)
    return response


def _bind(response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response._csp_replace = {"default-src": [NONE], "sandbox": True}  # type: ignore[attr-defined]
