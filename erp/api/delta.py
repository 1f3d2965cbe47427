"""``?changed_since=`` on lists (Abgleich): what changed behind a cursor, and what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, QuerySet
from django.utils.encoding import force_str
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from erp.changes import delta
from erp.changes.delta import BadCursor, Changed, Cursor, TooOld

ASKED: Final = "changed_since"
PARAMETER: Final = OpenApiParameter(
    ASKED, str, OpenApiParameter.QUERY,
    description="A cursor: what changed behind it, and the ids of what is gone, instead of a page."
                " Blank: a cursor to begin with; take it, then read the list. 410: begin anew.",
)  # fmt: skip
_USUAL: Final = 200
_MOST: Final = 500


class Gone(APIException):
    """410: the cursor is of no use any more."""

    status_code = 410
    default_code = TooOld.code

    def __init__(self) -> None:
        super().__init__(force_str(TooOld.message))


@dataclass(frozen=True)
class InOrder:
    """A list that only ever grows, by a number that is given in the order of commits."""

    column: str


def is_asked(view: Any) -> bool:
    """Whether a list is asked for what changed."""
    return view.action == "list" and ASKED in view.request.query_params


class DeltaPages(BasePagination):
    """Rows of a list that changed, in the order of their changes.

    What changed and is not among the rows of the list, as the caller asks and may see them, is
    told as gone: a number, and nothing else. Where not everybody sees every row (``view.reach``),
    of rows beyond one's reach nothing is told, nor by the cursor when they changed. What was
    deleted is told to all, as nobody knows any more whose it was.
    """

    def __init__(self, follows: str | InOrder) -> None:
        self._follows = follows
        self._gone: list[int] = []
        self._cursor, self._more = "", False

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        told, limit = request.query_params[ASKED], _limit(request)
        try:
            cursor = Cursor.read(told) if told else None
            if isinstance(self._follows, InOrder):
                return self._later(queryset, view.company, cursor, limit)
            return self._changed(queryset, view, cursor, limit)
        except BadCursor as refusal:
            raise ValidationError({ASKED: [str(refusal)]}) from None
        except TooOld:
            raise Gone from None

    def _changed(self, rows: Any, view: Any, cursor: Cursor | None, limit: int) -> list[Any]:
        resource, company, reach = str(self._follows), view.company, view.reach()
        if cursor is None:
            begun = (
                delta.beginning(company, resource) if reach is None else delta.beginning_of(company)
            )
            self._cursor = str(begun)
            return []
        found = delta.since(company, resource, cursor, limit=limit)
        told = _within(reach, company, found.changes)
        while found.more and not told:  # all beyond one's reach: nobody learns how many there are
            found = delta.since(company, resource, found.cursor, limit=limit)
            told = _within(reach, company, found.changes)
        self._cursor, self._more = str(found.cursor), found.more
        if reach is not None:
            self._cursor = str(found.behind(told[-1]) if found.more else found.end)
        there = [one.record for one in told if not one.gone]
        shown = {row.pk: row for row in rows.filter(pk__in=there)} if there else {}
        self._gone = [one.record for one in told if one.record not in shown]
        return [shown[one.record] for one in told if one.record in shown]

    def _later(self, rows: Any, company: Any, cursor: Cursor | None, limit: int) -> list[Any]:
        column = self._follows.column  # type: ignore[union-attr]
        epoch = delta.epoch_of(company)
        if cursor is not None and cursor.epoch != epoch:
            raise TooOld
        top = rows.model.of(company).aggregate(top=Max(column))["top"] or 0
        if cursor is None:
            self._cursor = str(Cursor(epoch, top))
            return []
        behind = {f"{column}__gt": cursor.place, f"{column}__lte": top}
        found = list(rows.filter(**behind).order_by(column)[: limit + 1])
        self._more = len(found) > limit
        found = found[:limit]
        last = getattr(found[-1], column) if self._more else max(top, cursor.place)
        self._cursor = str(Cursor(epoch, last))
        return found

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "gone": self._gone, "cursor": self._cursor, "more": self._more}
        )


def _within(
    reach: QuerySet[Any] | None, company: Any, changes: Sequence[Changed]
) -> Sequence[Changed]:
    """Changes of what somebody may see at all, and of what is there no more; one query."""
    if reach is None or not changes:
        return changes
    beyond = reach.model.of(company).filter(pk__in=[one.record for one in changes])  # type: ignore[attr-defined]
    silent = set(beyond.exclude(pk__in=reach.order_by().values("pk")).values_list("pk", flat=True))
    return [one for one in changes if one.record not in silent]


def _limit(request: Request) -> int:
    told = request.query_params.get("page_size", "")
    return min(max(int(told), 1), _MOST) if told.isascii() and told.isdecimal() else _USUAL


def schema_of(rows: dict[str, Any]) -> dict[str, Any]:
    """The schema of what ``DeltaPages`` answers, with the schema of its rows."""
    return {
        "type": "object",
        "required": ["results", "gone", "cursor", "more"],
        "properties": {
            "results": {"type": "array", "items": rows},
            "gone": {"type": "array", "items": {"type": "integer"}},
            "cursor": {"type": "string"},
            "more": {"type": "boolean"},
        },
    }
