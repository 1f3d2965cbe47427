"""Files that bills come in (Dateien): which ones are taken, and why others are not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.filetypes import document_type
from erp.documents.drawing import NotADocument
from erp.documents.storing import LARGEST_TOGETHER

LARGEST: Final = 20 * 1024 * 1024  # bytes; a scanned contract of 100 pages stays below


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


def require_document(name: str, content: bytes) -> str:
    """The type of a file that is taken. Raises ``EmptyDocument``, ``DocumentTooLarge`` or ``NotADocument``."""
    if not content:
        raise EmptyDocument(name=name[:60])
    if len(content) > LARGEST:
        raise DocumentTooLarge(name=name[:60], limit=LARGEST >> 20)
    found = document_type(content)
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
