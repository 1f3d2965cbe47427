"""Asking a publisher for a file: within limits, only if it is new, and unpacked with care."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
import zlib
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from erp.core.clock import ZURICH
from erp.core.errors import DomainError
from erp.core.outbound import Answer, NoAnswer, Service, get
from erp.reference.sources.declared import Source

#: Seconds to wait before another try in the same run; the queue tries again later.
WAITS: Final = [1, 4]
USER_AGENT: Final = "Rappen"
_PACKED_BY: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_HTML: Final = re.compile(rb"\s*<(?:!doctype\s+html|html)", re.IGNORECASE)
_AGAIN: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY,
                 HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}  # fmt: skip


class NotFetched(DomainError):
    code = "reference.not_fetched"
    message = _("%(source)s did not answer at %(address)s: %(reason)s. It is asked again; or upload "
                "the file.")  # fmt: skip


class Moved(DomainError):
    code = "reference.moved"
    message = _("%(address)s leads to another place, %(target)s, which is not followed. Name the new "
                "place in RAPPEN_REFERENCE_BASES if it is the publisher's.")  # fmt: skip


class NotAFile(DomainError):
    code = "reference.not_a_file"
    message = _("What came is a page or a message (%(kind)s), and no file of this source. Look at "
                "%(address)s in a browser, or upload the file.")  # fmt: skip
    field = "file"


class TooLarge(DomainError):
    code = "reference.too_large"
    message = _(
        "The file has more than %(limit)s bytes when unpacked, which this source never has."
    )
    field = "file"


class CannotUnpack(DomainError):
    code = "reference.cannot_unpack"
    message = _("The file cannot be unpacked: %(reason)s. Download it again.")
    field = "file"


@dataclass(frozen=True)
class Fetched:
    """What came; no content where nothing is new since the last time (304)."""

    content: bytes | None
    address: str
    etag: str = ""
    last_modified: str = ""

    @property
    def dated(self) -> dt.date | None:
        """The day the publisher dates it."""
        try:
            return parsedate_to_datetime(self.last_modified).astimezone(ZURICH).date()
        except (ValueError, TypeError):
            return None


def base_of(source: Source) -> str:
    """Where a source is asked; empty where nobody is."""
    bases: dict[str, str] = settings.REFERENCE_BASES
    return bases.get(source.name, source.base)


def fetch(source: Source, path: str, *, etag: str = "", last_modified: str = "") -> Fetched:
    """Ask for a path of a source, again after a while where it was only busy.

    Raises ``NotFetched``, ``Moved`` or ``NotAFile``. Redirects are not followed.
    """
    base = base_of(source)
    address = base.rstrip("/") + path
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    answer = _asked(
        source,
        Service(source.name, base, source.deadline, source.most_bytes),
        path,
        headers,
        address,
    )
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return Fetched(None, address, etag, last_modified)
    if answer.status // 100 == 3:
        raise Moved(address=address, target=answer.headers.get("location", "?")[:200])
    if answer.status != HTTPStatus.OK:
        raise NotFetched(source=source.title, address=address, reason=f"status {answer.status}")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (kind and kind not in source.content_types) or _HTML.match(answer.content):
        raise NotAFile(kind=kind or "text/html", address=address)
    return Fetched(answer.content, address, answer.headers.get("etag", "")[:200],
                   answer.headers.get("last-modified", "")[:60])  # fmt: skip


def _asked(
    source: Source, service: Service, path: str, headers: dict[str, str], address: str
) -> Answer:
    reason = ""
    for wait in [0, *WAITS]:
        time.sleep(wait)
        try:
            answer = get(service, path, headers)
        except NoAnswer as failure:
            reason = str(failure)
            continue
        if answer.status not in _AGAIN:
            return answer
        reason = f"status {answer.status}"
    raise NotFetched(source=source.title, address=address, reason=reason)


def unpacked(source: Source, content: bytes) -> bytes:
    """The file itself, out of gzip and ZIP. Raises ``TooLarge``, ``CannotUnpack`` or ``NotAFile``."""
    limit = source.most_unpacked
    for _layer in range(2):  # a ZIP may have been sent packed
        if content.startswith(_GZIP):
            content = _gunzipped(content, limit)
        elif content.startswith(_ZIP):
            content = _unzipped(source, content, limit)
    if len(content) > limit:
        raise TooLarge(limit=limit)
    if _HTML.match(content):
        raise NotAFile(kind="text/html", address=base_of(source) or source.name)
    return content


def packed_on(content: bytes) -> dt.date | None:
    """The day on which the files of a ZIP were made, the newest of them; None if it does not tell."""
    if not content.startswith(_ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            days = [dt.date(*info.date_time[:3]) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    newest = max(days, default=dt.date.min)
    return newest if newest.year > 2000 else None


def _gunzipped(content: bytes, limit: int) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(content, limit + 1)
    except zlib.error as error:
        raise CannotUnpack(reason=str(error)[:80]) from None
    if len(found) > limit:
        raise TooLarge(limit=limit)
    if not unpacking.eof:
        raise CannotUnpack(reason="the end is missing")
    return found


def _unzipped(source: Source, content: bytes, limit: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            wanted = [
                name for name in names
                if source.member is None or source.member.fullmatch(name.rpartition("/")[2])
            ]  # fmt: skip
            if len(wanted) != 1:
                raise CannotUnpack(reason=f"{len(wanted)} of {len(names)} files are of this source")
            method = archive.getinfo(wanted[0]).compress_type
            if method not in _PACKED_BY:  # others may want any amount of memory
                raise CannotUnpack(reason=f"method {method}")
            with archive.open(wanted[0]) as file:
                found = file.read(limit + 1)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError
    ) as error:  # fmt: skip
        raise CannotUnpack(reason=str(error)[:80]) from None
    if len(found) > limit:
        raise TooLarge(limit=limit)
    return found
