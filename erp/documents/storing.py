"""Storing and reading originals by digest."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, sandbox
from erp.core.errors import DomainError
from erp.core.filetypes import HEIC, document_type
from erp.documents.models import StoredFile

LARGEST: Final = 20 * 1024 * 1024  # a scanned contract of 100 pages stays below
LARGEST_TOGETHER: Final = 100 * 1024 * 1024  # bytes of all files of a request
LARGEST_KEPT: Final = 100 * 1024 * 1024  # a journal of half a million lines
PIECE: Final = 1 << 20  # bytes that are held in memory at once
LARGEST_MOVED: Final = 2**31 - 1  # an archive with its vouchers: what the index can tell

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class UnknownFileType(DomainError):
    code = "documents.unknown_type"
    message = _(
        "“%(name)s” is no PDF, JPEG, PNG, WebP or HEIC file. Save the voucher in one of these "
        "formats."
    )
    field = "file"


class FileTooLarge(DomainError):
    code = "documents.too_large"
    message = _(
        "“%(name)s” has %(megabytes)s MB; at most %(limit)s MB are stored. Scan it smaller."
    )
    field = "file"


class EmptyFile(DomainError):
    code = "documents.empty"
    message = _("“%(name)s” is empty. Choose the file again.")
    field = "file"


def store(*, company: Company, name: str, content: bytes, by: User) -> StoredFile:
    """Keep an original and return its index row; the same content is stored once.

    Raises what ``require_document`` does.
    """
    name = Path(name.replace("\\", "/")).name[:200] or "file"
    return _kept(company, name, content, require_document(name, content), by)


def require_document(name: str, content: bytes) -> str:
    """The type of a document that may be kept.

    A HEIC picture is opened in a child process first, since most browsers cannot show it: whoever
    takes it learns at once that it is broken. Raises ``UnknownFileType``, ``FileTooLarge`` or
    ``EmptyFile``, and of HEIC pictures what ``drawing.require_picture`` does.
    """
    if not content:
        raise EmptyFile(name=name)
    if len(content) > LARGEST:
        raise FileTooLarge(name=name, megabytes=len(content) >> 20, limit=LARGEST >> 20)
    content_type = document_type(content)
    if content_type is None:
        raise UnknownFileType(name=name)
    if content_type == HEIC:
        sandbox.call("erp.documents.drawing:require_picture", content)
    return content_type


def keep(*, company: Company, name: str, content: bytes, content_type: str, by: User) -> StoredFile:
    """Keep a file whose type our own code vouches for: what it made itself, or could read.

    Raises ``FileTooLarge`` or ``EmptyFile``.
    """
    if not content:
        raise EmptyFile(name=name)
    if len(content) > LARGEST_KEPT:
        raise FileTooLarge(name=name, megabytes=len(content) >> 20, limit=LARGEST_KEPT >> 20)
    return _kept(company, name, content, content_type, by)


def move(*, company: Company, name: str, path: Path, content_type: str, by: User) -> StoredFile:
    """Keep a file that our own code has written beside the store, however large: it is moved there.

    Raises ``FileTooLarge`` or ``EmptyFile``.
    """
    size = path.stat().st_size
    if not size:
        raise EmptyFile(name=name)
    if size > LARGEST_MOVED:
        raise FileTooLarge(name=name, megabytes=size >> 20, limit=LARGEST_MOVED >> 20)
    digest = digest_of(path)
    place = path_of(company.pk, digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o400)
        path.replace(place)
    return _indexed(company, name, digest, size, content_type, by)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(company: Company, name: str, content: bytes, content_type: str, by: User) -> StoredFile:
    digest = hashlib.sha256(content).hexdigest()
    write_once(path_of(company.pk, digest), content)
    return _indexed(company, name, digest, len(content), content_type, by)


def _indexed(
    company: Company, name: str, digest: str, size: int, content_type: str, by: User
) -> StoredFile:
    row, created = StoredFile.unscoped.get_or_create(
        company=company,
        digest=digest,
        defaults={
            "name": name,
            "content_type": content_type,
            "size": size,
            "stored_at": clock.now(),
            "by": by,
        },
    )
    if created:
        trail.record(company=company, by=by, action="file.store", subject=row,
                     details=trail.values(row, "name", "content_type", "size", "digest"))  # fmt: skip
    return row


def read_upload(upload: UploadedFile, limit: int = LARGEST) -> bytes:
    """The bytes of an upload that is not too large to be held. Raises ``FileTooLarge``."""
    size = upload.size or 0
    if size > limit:
        raise FileTooLarge(name=(upload.name or "")[:60], megabytes=size >> 20, limit=limit >> 20)
    return upload.read()


def content_of(file: StoredFile) -> bytes:
    """The bytes as they came in; ``FileNotFoundError`` when the archive lost them."""
    return path_of(file.company_id, file.digest).read_bytes()


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file piece by piece; it is opened when the first one is asked for."""
    with path.open("rb") as file:
        yield from iter(partial(file.read, PIECE), b"")


def is_intact(company_id: int, digest: str) -> bool:
    """Whether the archived bytes still have their digest."""
    try:
        return digest_of(path_of(company_id, digest)) == digest
    except OSError:
        return False


def folder_of(company_id: int) -> Path:
    """Where a company's files lie."""
    return Path(settings.RAPPEN_VAR) / "files" / str(company_id)


def path_of(company_id: int, digest: str) -> Path:
    """Where a file lies. Raises ``ValueError`` for what is no digest: no row leads out of the store."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no digest")
    return folder_of(company_id) / digest[:2] / digest


def write_once(path: Path, content: bytes) -> None:
    """Write completely or not at all; what is there already is left alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{secrets.token_hex(8)}")
    with scratch.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.chmod(0o400)
    scratch.replace(path)
