"""Finding what somebody may see (Suchen): one query for each kind, by index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models.expressions import RawSQL

from erp.access.gate import Access
from erp.core.spelling import LAST
from erp.search import asking, indexing
from erp.search.asking import Question, Word
from erp.search.indexing import Tail
from erp.search.kinds import Hit, Index, Kind, kinds_for

MOST: Final = 8  # hits of a kind
MOST_ALIKE: Final = 2_000  # words that are looked at of those that begin like a single one

#: Parts of statements, with places for values alone.
_RANGE: Final = (
    "SELECT record{rank} FROM erp_searchword"
    " WHERE company_id = %s AND kind = %s AND word >= %s AND word < %s"
)
_EXACT: Final = (
    "(SELECT record, 0 AS rank FROM erp_searchword"
    " WHERE company_id = %s AND kind = %s AND word = %s ORDER BY record DESC LIMIT %s)"
)


@dataclass(frozen=True)
class Found:
    """Hits of a kind, newest first; ``behind`` are records that could not be looked at yet."""

    kind: Kind
    hits: list[Hit]
    behind: int = 0


def find(
    access: Access, text: str, *, kinds: Iterable[str] | None = None, limit: int = MOST
) -> list[Found]:
    """What begins with each word of a text, of the kinds that somebody may see; at most ``limit`` of a kind.

    Words are of names, texts and numbers; amounts are given with or without centimes and without
    regard to their sign. Kinds that one may not see are not asked. Exact, but for kinds with ``behind``.
    """
    question = asking.read(text)
    if not question.words:
        return []
    wanted = kinds_for(access, kinds)
    indexes = [kind.index for kind in wanted if kind.index is not None]
    tails = indexing.catch_up(access.company, indexes, writes=not access.read_only)
    found = [_found(access, kind, question, tails, limit) for kind in wanted]
    return [one for one in found if one.hits or one.behind]


def _found(
    access: Access, kind: Kind, question: Question, tails: dict[int, Tail], limit: int
) -> Found:
    if kind.index is None:
        assert kind.find is not None
        return Found(kind, list(kind.find(access, question, limit))[:limit])
    tail = tails.get(kind.index.number, Tail())
    ids = _meant(access, kind.index, question, tail, limit)
    hits = sorted(kind.index.rows(access, ids), key=lambda hit: -hit.id)
    return Found(kind, hits[:limit], tail.beyond)


def _meant(access: Access, index: Index, question: Question, tail: Tail, limit: int) -> RawSQL:
    """The numbers of the newest records that have all the words, as a subquery."""
    place = [access.company.pk, index.number]
    alone = len(question.words) == 1
    sql, values = _single(question.words[0], place, limit) if alone else _all(question, place)
    if tail.records:
        sql += " WHERE record <> ALL(%s)"
        values.append(list(tail.records))
    group = " GROUP BY record ORDER BY min(rank), record DESC LIMIT %s"
    read = [record for record, words in tail.words.items() if question.fits(words)]
    sql = f"SELECT record FROM ({sql}{group}) AS hits UNION ALL SELECT unnest(%s::bigint[])"  # noqa: S608 - see above
    return RawSQL(sql, [*values, limit, sorted(read)[-limit:]])  # noqa: S611 - values are parameters


def _single(word: Word, place: list[Any], limit: int) -> tuple[str, list[Any]]:
    """Of one word: what has the very word comes first, then those that only begin so, up to a limit."""
    parts: list[str] = []
    values: list[Any] = []
    for exact, begins in zip(word.exact, word.beginnings, strict=True):
        parts.append(_EXACT)
        values += [*place, exact, limit]
        parts.append(f"({_RANGE.format(rank=', 1 AS rank')} ORDER BY word, record LIMIT %s)")
        values += [*place, begins, begins + LAST, MOST_ALIKE]
    return f"SELECT record FROM ({' UNION ALL '.join(parts)}) AS alike", values  # noqa: S608 - see above


def _all(question: Question, place: list[Any]) -> tuple[str, list[Any]]:
    """Of several words: what has all of them."""
    parts: list[str] = []
    values: list[Any] = []
    for word in question.words:
        ranges = []
        for begins in word.beginnings:
            ranges.append(_RANGE.format(rank=""))
            values += [*place, begins, begins + LAST]
        parts.append(f"({' UNION ALL '.join(ranges)})")
    each = " INTERSECT ".join(parts)
    sql = f"SELECT record FROM (SELECT record, 0 AS rank FROM ({each}) AS each) AS alike"  # noqa: S608 - see above
    return sql, values
