"""Many wage papers as one ZIP (Sammeldownload): taken from the archive some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.db import transaction
from django.http import StreamingHttpResponse

from erp.access.gate import Access, access_to
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.documents import zipping

AT_ONCE: Final = 25  # papers opened in one look at the archive

#: Given the company and ids, the names and bytes of papers in that order.
Fetch = Callable[[Company, Sequence[int]], Sequence[tuple[str, bytes]]]


def as_zip(
    access: Access, ids: Sequence[int], fetch: Fetch, *, name: str, needs: Permission
) -> StreamingHttpResponse:
    """An answer that streams a ZIP of papers (ids) under a name that is ours; no cache keeps it."""
    return zipping.as_zip(_fetched(access, ids, fetch, needs=needs), name=name)


def _fetched(
    access: Access, ids: Sequence[int], fetch: Fetch, *, needs: Permission
) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Papers some at a time, each time through the gate anew.

    Between two looks no transaction is open, however slowly somebody takes it; whoever loses the right
    meanwhile gets no more.
    """
    for first in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            now = access_to(access.company.pk, user=access.user)
            now.require(needs)
            found = fetch(now.company, ids[first : first + AT_ONCE])
        for name, content in found:
            yield name, [content]
