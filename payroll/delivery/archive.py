"""Many papers as one ZIP (Sammeldownload): streamed from the archive, some at a time, never whole in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.db import transaction
from django.http import StreamingHttpResponse

from erp.access.gate import Access, access_to
from erp.access.permissions import Permission
from erp.companies.models import Company

AT_ONCE: Final = 25  # papers opened in one look at the archive
EPOCH: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest day that ZIP knows: the same papers, the same bytes

#: Given the company and ids, the names and bytes of papers in that order.
Fetch = Callable[[Company, Sequence[int]], Sequence[tuple[str, bytes]]]


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


def zipped(
    access: Access, ids: Sequence[int], fetch: Fetch, *, needs: Permission
) -> Iterator[bytes]:
    """The pieces of a ZIP of papers (ids), fetched some at a time, each time through the gate anew.

    Between two looks no transaction is open, however slowly somebody takes it; whoever loses the right
    meanwhile gets no more. PDFs are stored as they are: they do not get smaller.
    """
    out = _Outflow()
    taken = set[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for first in range(0, len(ids), AT_ONCE):
            with transaction.atomic():
                now = access_to(access.company.pk, user=access.user)
                now.require(needs)
                found = fetch(now.company, ids[first : first + AT_ONCE])
            for name, content in found:
                archive.writestr(zipfile.ZipInfo(_free(name, taken), EPOCH), content)
                yield out.taken()
    yield out.taken()


def as_zip(
    access: Access, ids: Sequence[int], fetch: Fetch, *, name: str, needs: Permission
) -> StreamingHttpResponse:
    """An answer that streams ``zipped`` under a name that is ours; no cache keeps it."""
    response = StreamingHttpResponse(
        zipped(access, ids, fetch, needs=needs), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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
