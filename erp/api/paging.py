"""Pages of lists: by a cursor in what the database reads in order, or in what is reckoned as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as Unfit
from django.db import DataError
from django.db.models import Model, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

R = TypeVar("R")


class Pages(CursorPagination):
    """Pages by cursor in the ``ordering`` of the endpoints; ``page_size`` up to 500.

    A cursor holds what the ordering says of the row that was told last, or first where one goes back.
    So an ordering ends with what no two rows have in common, and none of it is null: nothing is skipped
    or told twice however many rows share a day.
    """

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"
    _next: Cursor | None = None
    _previous: Cursor | None = None

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Raises ``ValidationError`` for a cursor that names no place in this list."""
        self.request, self.base_url = request, request.build_absolute_uri()
        size, cursor = self.get_page_size(request) or self.page_size, self.decode_cursor(request)
        ordering = self.get_ordering(request, queryset, view)
        back = bool(cursor and cursor.reverse)
        towards = tuple(map(_turned, ordering)) if back else ordering
        rows = queryset.order_by(*towards)
        try:
            if cursor:
                rows = rows.filter(_beyond(towards, cursor))
            found = list(rows[: size + 1])
        except (Unfit, ValueError, DataError):  # not of the kind that the list is ordered by
            if not cursor:
                raise
            raise _no_cursor() from None
        page, more = found[:size], len(found) > size
        if back:
            page.reverse()
        if page and (back or more):
            self._next = Cursor(0, False, _place(page[-1], ordering))
        if page and (more if back else cursor):
            self._previous = Cursor(0, True, _place(page[0], ordering))
        return page

    def decode_cursor(self, request: Request) -> Any:
        """Raises ``ValidationError`` for what is no cursor of this program."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise _no_cursor() from None

    def get_next_link(self) -> Any:
        return self.encode_cursor(self._next) if self._next else None

    def get_previous_link(self) -> Any:
        return self.encode_cursor(self._previous) if self._previous else None


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _place(row: Any, ordering: Sequence[str]) -> Any:
    """What an ordering says of a row."""
    values = []
    for name in ordering:
        value = row
        for step in [name.lstrip("-")] if isinstance(row, dict) else name.lstrip("-").split("__"):
            value = value[step] if isinstance(value, dict) else getattr(value, step)
        values.append(str(value.pk if isinstance(value, Model) else value))
    return json.dumps(values)


def _beyond(ordering: Sequence[str], cursor: Cursor) -> Q:
    """The rows that come after a place in an ordering."""
    try:
        values = json.loads(str(cursor.position))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != len(ordering) or None in values:
        raise _no_cursor()
    names = [name.lstrip("-") for name in ordering]
    sides = ["lt" if name.startswith("-") else "gt" for name in ordering]
    found = Q()
    for nth, value in enumerate(values):
        same = dict(zip(names[:nth], values, strict=False))
        found |= Q(**same, **{f"{names[nth]}__{sides[nth]}": value})
    return Q(**{f"{names[0]}__{sides[0]}e": values[0]}) & found  # the first one for the index


def _no_cursor() -> ValidationError:
    told = _("This is no cursor of this list. Follow the links of a page as they are.")
    return ValidationError({Pages.cursor_query_param: [ErrorDetail(str(told), "unknown")]})


class RowPages(Pages):
    """Pages of rows that are reckoned as a whole (Auswertungen), in the order they come in.

    ``by`` says what a row is: an id, unique in the list. The cursor holds it beside the row's place,
    and one goes on from that row, wherever it stands by now; where it is gone, from its place.
    """

    def __init__(self, by: Callable[[Any], Any]) -> None:
        self._by = by

    def paginate_queryset(self, rows: Any, request: Request, view: Any = None) -> list[Any]:
        self.request, self.base_url = request, request.build_absolute_uri()
        size, cursor = self.get_page_size(request) or self.page_size, self.decode_cursor(request)
        place = self._place(rows, cursor) if cursor else 0
        first = max(place - size, 0) if cursor and cursor.reverse else place
        last = place if cursor and cursor.reverse else place + size
        page = list(rows[first:last])
        if page and last < len(rows):
            self._next = self._at(last, page[-1], reverse=False)
        if page and first:
            self._previous = self._at(first, page[0], reverse=True)
        return page

    def _place(self, rows: Sequence[Any], cursor: Any) -> int:
        """Where one goes on: behind the row that is named, or before it where one goes back."""
        behind = 0 if cursor.reverse else 1
        expected = max(cursor.offset - behind, 0)
        near = [expected] if expected < len(rows) else []  # as a rule nothing has moved
        moved = (at for at in (*near, *range(len(rows))) if self._is(rows[at], cursor))
        found = next(moved, None)
        return expected if found is None else found + behind

    def _is(self, row: Any, cursor: Any) -> bool:
        return self._mark(row) == cursor.position

    def _at(self, place: int, row: Any, *, reverse: bool) -> Cursor:
        return Cursor(place, reverse, self._mark(row))

    def _mark(self, row: Any) -> Any:
        """A digest of what the row is: addresses stand in logs, and names may be sealed."""
        return salted_hmac("rappen.page", str(self._by(row)), algorithm="sha256").hexdigest()[:32]


class PageOutput(serializers.Serializer[Any]):
    """A page, and beside its ``results`` what is told of all of them, on each page the same."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


__all__ = ["PageOutput", "Pages", "RowPages"]
