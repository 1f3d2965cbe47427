"""Taking in a file piece by piece (Uploads in Etappen), and handing out what is whole."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import shutil
from functools import partial
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.uploads.models import Upload

LARGEST: Final = 100 * 1024 * 1024  # bytes of a file, as much as the archive keeps
LARGEST_PIECE: Final = 5 * 1024 * 1024  # bytes that are held in memory at once
KEPT: Final = dt.timedelta(hours=24)  # after the last piece
MOST_OF_PERSON: Final = 50
MOST_BYTES_OF_PERSON: Final = 300 * 1024 * 1024
MOST_BYTES_OF_COMPANY: Final = 2 * 1024 * 1024 * 1024
CHECKSUMS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}  # the protocol asks for sha1
_LOCKED: Final = "55P03"  # PostgreSQL: lock_not_available


class UploadTooLarge(DomainError):
    code = "uploads.too_large"
    message = _("The file has %(size)s bytes; at most %(limit)s are taken. Make it smaller.")
    field = "Upload-Length"


class TooManyUploads(DomainError):
    code = "uploads.too_many"
    message = _(
        "Too much waits to be completed or used already. Delete uploads, or wait until they expire."
    )
    conflict = True


class WrongOffset(DomainError):
    code = "uploads.wrong_offset"
    message = _("The upload goes on at byte %(expected)s, not at %(told)s. Send from there.")
    field = "Upload-Offset"
    conflict = True


class WrongChecksum(DomainError):
    code = "uploads.wrong_checksum"
    message = _("The piece did not arrive as it was sent. Send it again.")
    field = "Upload-Checksum"


class UnknownChecksum(DomainError):
    code = "uploads.unknown_checksum"
    message = _("“%(value)s” is no checksum that is known here. Send sha1 or sha256 in Base64.")
    field = "Upload-Checksum"


class UploadBusy(DomainError):
    code = "uploads.busy"
    message = _("Another piece of this upload is just being written. Try again in a moment.")
    conflict = True


class NoSuchUpload(DomainError):
    code = "uploads.unknown"
    message = _("There is no upload %(upload)s of yours. Send the file anew.")
    field = "upload"
    missing = True


class NotWhole(DomainError):
    code = "uploads.not_whole"
    message = _("Of upload %(upload)s, %(received)s of %(size)s bytes have arrived. Send the rest.")
    field = "upload"


@transaction.atomic
def begin(*, company: Company, name: str, size: int, by: User) -> Upload:
    """Say that a file of ``size`` bytes will come. Raises ``UploadTooLarge`` or ``TooManyUploads``."""
    if size > LARGEST:
        raise UploadTooLarge(size=size, limit=LARGEST)
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # one after another counts
    alive = Upload.of(company).filter(expires_at__gt=clock.now())
    mine = alive.filter(by=by)
    if (
        mine.count() >= MOST_OF_PERSON
        or (mine.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_BYTES_OF_PERSON
        or (alive.aggregate(all=Sum("size"))["all"] or 0) + size > MOST_BYTES_OF_COMPANY
    ):
        raise TooManyUploads
    now = clock.now()
    name = Path(name.replace("\\", "/").replace("\x00", "")).name.strip()[:200] or "file"
    return Upload.unscoped.create(
        company=company, by=by, name=name, size=size, created_at=now, expires_at=now + KEPT
    )


@transaction.atomic
def append(upload: Upload, piece: IO[bytes], *, offset: int, checksum: str = "") -> Upload:
    """Write a piece, from its start, behind what is there; it is on the disk before the row says so.

    ``checksum`` is the algorithm and the digest in Base64, as ``Upload-Checksum`` of tus has them.
    What a broken attempt left on the disk beyond ``received`` is overwritten. Raises ``UploadBusy``,
    ``WrongOffset``, ``UploadTooLarge``, ``UnknownChecksum`` or ``WrongChecksum``.
    """
    _require_intact(piece, checksum)
    length = piece.seek(0, os.SEEK_END)
    held = _held(upload)
    if offset != held.received:
        raise WrongOffset(expected=held.received, told=offset)
    if offset + length > held.size:
        raise UploadTooLarge(size=offset + length, limit=held.size)
    path = path_of(held)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        piece.seek(0)
        shutil.copyfileobj(piece, file)
        file.flush()
        os.fsync(file.fileno())
    held.received += length
    held.expires_at = clock.now() + KEPT
    held.save(update_fields=["received", "expires_at"])
    return held


@transaction.atomic
def forget(upload: Upload) -> None:
    """Give an upload up; its bytes go after the commit. Raises ``UploadBusy``."""
    held = _held(upload)
    path = path_of(held)
    held.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def companies_with_expired() -> set[int]:
    """The open companies that have uploads that expired; one query."""
    expired = Upload.unscoped.filter(expires_at__lte=clock.now())
    return set(expired.values_list("company_id", flat=True))


def forget_expired(company: Company) -> int:
    """Give up what expired; how many they were. What is just being written stays."""
    expired = Upload.of(company).filter(expires_at__lte=clock.now())
    paths = [path_of(one) for one in expired.select_for_update(skip_locked=True)]
    expired.filter(pk__in=[int(path.stem) for path in paths]).delete()
    for path in paths:
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    return len(paths)


def whole(company: Company, pk: int, *, by: User) -> Upload:
    """An upload of one's own whose bytes are all at ``path_of``. Raises ``NoSuchUpload`` or ``NotWhole``.

    It stays until it expires, so that a request that is repeated finds it again.
    """
    found = Upload.of(company).filter(pk=pk, by=by, expires_at__gt=clock.now()).first()
    if found is None:
        raise NoSuchUpload(upload=pk)
    if not found.is_whole:
        raise NotWhole(upload=pk, received=found.received, size=found.size)
    if found.size and not path_of(found).exists():
        raise NoSuchUpload(upload=pk)
    return found


def path_of(upload: Upload) -> Path:
    folder = Path(settings.RAPPEN_VAR) / "uploads" / str(upload.company_id)
    return folder / f"{upload.pk}.part"


def _held(upload: Upload) -> Upload:
    try:
        with transaction.atomic():
            rows = Upload.of(upload.company_id).select_for_update(nowait=True)
            found = rows.filter(pk=upload.pk).first()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != _LOCKED:
            raise
        raise UploadBusy from None
    if found is None:
        raise NoSuchUpload(upload=upload.pk)
    return found


def _require_intact(piece: IO[bytes], checksum: str) -> None:
    if not checksum:
        return
    name, _blank, told = checksum.strip().partition(" ")
    try:
        wanted = base64.b64decode(told, validate=True)
        piece.seek(0)
        found = hashlib.file_digest(piece, CHECKSUMS[name.lower()]).digest()  # type: ignore[arg-type]
    except (KeyError, ValueError):
        raise UnknownChecksum(value=checksum[:60]) from None
    if found != wanted:
        raise WrongChecksum
