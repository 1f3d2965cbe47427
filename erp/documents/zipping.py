"""Many files as one ZIP (Sammeldownload): streamed piece by piece, never whole in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest day that ZIP knows: same files, same bytes


class _Outflow(io.RawIOBase):
    """What was written since the last look; it cannot be sought, so nothing is patched afterwards."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        piece = bytes(content)  # type: ignore[call-overload]
        self.held += piece
        return len(piece)

    def taken(self) -> bytes:
        piece, self.held = bytes(self.held), bytearray()
        return piece


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The pieces of a ZIP of files, each a name and its pieces; asked for one after the other.

    They are stored as they are: PDF files and archives do not get smaller. A name that comes again
    gets a number.
    """
    out, taken = _Outflow(), set[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, pieces in files:
            info = zipfile.ZipInfo(_free(name, taken), EPOCH)
            with archive.open(info, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield out.taken()
            yield out.taken()
    yield out.taken()


def as_zip(files: Iterable[tuple[str, Iterable[bytes]]], *, name: str) -> StreamingHttpResponse:
    """An answer that streams ``zipped``; no cache keeps it."""
    response = StreamingHttpResponse(zipped(files), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _free(name: str, taken: set[str]) -> str:
    """A name that nothing else in the archive has."""
    stem, dot, ending = name.rpartition(".")
    free, nth = name, 1
    while free in taken:
        nth += 1
        free = f"{stem}-{nth}{dot}{ending}"
    taken.add(free)
    return free
