"""Pages of lists: by a cursor in what the database reads in order, or in what is reckoned as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as Unfit
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

R = TypeVar("R")


class Pages(CursorPagination):
    """Pages by cursor in the ``ordering`` of the endpoints; ``page_size`` up to 500.

    Within a day of the journal the cursor counts on, and a day may have more entries than the
    cut-off of the framework.
    """

    offset_cutoff = 0  # none
    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)

    def get_next_link(self) -> Any:
        return self._by_rows(super().get_next_link)

    def get_previous_link(self) -> Any:
        return self._by_rows(super().get_previous_link)

    def _by_rows(self, link: Callable[[], str | None]) -> str | None:
        """A link by how many rows are on this page; the framework counts a last one as full."""
        whole = self.page_size
        self.page_size = len(self.page or ()) or whole
        try:
            return link()
        finally:
            self.page_size = whole

    def decode_cursor(self, request: Request) -> Any:
        """Raises ``ValidationError`` for what is no cursor of this program."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise _no_cursor() from None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Raises ``ValidationError`` for a cursor that names no place in this list."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (Unfit, ValueError):  # what it names is not of the kind that the list is ordered by
            if self.cursor_query_param not in request.query_params:
                raise
            raise _no_cursor() from None


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
        self._next: Cursor | None = None
        self._previous: Cursor | None = None

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
        return str(self._by(row)) == cursor.position

    def _at(self, place: int, row: Any, *, reverse: bool) -> Cursor:
        position: Any = str(self._by(row))
        return Cursor(place, reverse, position)

    def get_next_link(self) -> Any:
        return self.encode_cursor(self._next) if self._next else None

    def get_previous_link(self) -> Any:
        return self.encode_cursor(self._previous) if self._previous else None


class PageOutput(serializers.Serializer[Any]):
    """A page, and beside its ``results`` what is told of all of them, on each page the same."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


__all__ = ["PageOutput", "Pages", "RowPages"]
