"""Files that bills come in (Dateien): which ones are taken, and why others are not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.filetypes import PDF

LARGEST: Final = 20 * 1024 * 1024  # bytes; a scanned contract of 100 pages stays below
LARGEST_TOGETHER: Final = (
    100 * 1024 * 1024
)  # bytes of all files of a request, which are held at once
MOST_PAGES: Final = 200
MOST_PIXELS: Final = 64_000_000  # of a picture; phones take up to 50 million

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
_HEIF_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
#: What pages and endpoints say they take.
ACCEPTED: Final = (PDF, JPEG, PNG, WEBP, HEIC)


class NotADocument(DomainError):
    code = "capture.not_a_document"
    message = _(
        "“%(name)s” is no PDF, JPEG, PNG, WebP or HEIC file. Save the bill in one of these formats."
    )
    field = "file"


class EmptyDocument(DomainError):
    code = "capture.empty"
    message = _("“%(name)s” is empty. Choose the file again.")
    field = "file"


class DocumentTooLarge(DomainError):
    code = "capture.too_large"
    message = _("“%(name)s” has more than %(limit)s MB. Scan it smaller, or in several files.")
    field = "file"


class TooMuchTogether(DomainError):
    code = "capture.too_much_together"
    message = _("The files have more than %(limit)s MB together. Send them in several parts.")
    field = "files"


class TooManyPages(DomainError):
    code = "capture.too_many_pages"
    message = _(
        "The file has %(count)s pages; at most %(limit)s are read. Split it into its bills."
    )
    field = "file"


class TooManyPixels(DomainError):
    code = "capture.too_many_pixels"
    message = _("The picture has more than %(limit)s million pixels. Take or scan it smaller.")
    field = "file"


class Encrypted(DomainError):
    code = "capture.encrypted"
    message = _(
        "The PDF file is protected by a password. Save it without one, or ask for another copy."
    )
    field = "file"


class Damaged(DomainError):
    code = "capture.damaged"
    message = _(
        "The file is damaged or incomplete and cannot be opened. Scan it or ask for it again."
    )
    field = "file"


def content_type_of(content: bytes) -> str | None:
    """The type by the first bytes, never by the name; None for what is not taken."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return HEIC
    return None


def require_document(name: str, content: bytes) -> str:
    """The type of a file that is taken. Raises ``EmptyDocument``, ``DocumentTooLarge`` or ``NotADocument``."""
    if not content:
        raise EmptyDocument(name=name[:60])
    if len(content) > LARGEST:
        raise DocumentTooLarge(name=name[:60], limit=LARGEST >> 20)
    found = content_type_of(content)
    if found is None:
        raise NotADocument(name=name[:60])
    return found


def require_together(sizes: Iterable[int]) -> None:
    """Whether files of these sizes may come at once. Raises ``TooMuchTogether``."""
    if sum(sizes) > LARGEST_TOGETHER:
        raise TooMuchTogether(limit=LARGEST_TOGETHER >> 20)


def plain_name(name: str) -> str:
    """What a file is called, without folders, and without what a database cannot keep."""
    bare = Path(name.replace("\\", "/").replace("\x00", "")).name.strip()
    return bare[:200] or "file"
