"""Pages of a long list by key: as fast at its end as at its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True, slots=True)
class Keyed:
    """The rows of a page, and the ids to go on from, forwards and back, or None."""

    rows: list[Any]
    after: int | None
    before: int | None


def page_by_key(
    rows: QuerySet[Any], *, among: QuerySet[Any], column: str, down: bool,
    after: int | None = None, before: int | None = None, size: int,
) -> Keyed:  # fmt: skip
    """A page of ``rows``, ordered by ``column`` and id, after or before the row of an id.

    ``among`` is where that row is looked for; one that is not there is passed over. Two queries.
    """
    anchor, backwards = (before, True) if before else (after, False)
    if anchor:
        place = among.filter(pk=anchor).values_list(column, flat=True).first()
        if place is not None:
            sign = "lt" if down != backwards else "gt"
            rows = rows.filter(
                Q(**{f"{column}__{sign}": place}) | Q(**{column: place, f"pk__{sign}": anchor})
            )
    mark = "-" if down != backwards else ""
    found = list(rows.order_by(f"{mark}{column}", f"{mark}pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    first, last = (found[0].pk, found[-1].pk) if found else (None, None)
    return Keyed(found, last if more or backwards else None,
                 first if anchor and (more or not backwards) else None)  # fmt: skip
