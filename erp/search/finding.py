"""Finding what somebody may see (Suchen): by index, one query for all kinds, and one for each that has hits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from erp.access.gate import Access
from erp.core.spelling import LAST
from erp.search import asking, indexing
from erp.search.asking import Question, Word
from erp.search.indexing import Tail
from erp.search.kinds import Hit, Index, Kind, kinds_for

MOST: Final = 8  # hits of a kind
_FURTHER: Final = 16  # times as many are looked at where some are hidden
MOST_ALIKE: Final = 2_000  # words that are looked at of those that begin like a single one

#: Parts of the statement, with places for values alone.
_RANGE: Final = (
    "SELECT record{rank} FROM erp_searchword"
    " WHERE company_id = %s AND kind = asked.kind AND word >= %s AND word < %s"
)
_EXACT: Final = (
    "(SELECT record, 0 AS rank FROM erp_searchword"
    " WHERE company_id = %s AND kind = asked.kind AND word = %s ORDER BY record DESC LIMIT %s)"
)
_HITS: Final = """
    SELECT asked.kind, hits.record
    FROM unnest(%s::smallint[]) AS asked(kind) CROSS JOIN LATERAL (
        SELECT alike.record FROM ({alike}) AS alike {but}
        GROUP BY alike.record ORDER BY min(alike.rank), alike.record DESC LIMIT %s
    ) AS hits
"""
_BUT: Final = """
    WHERE NOT EXISTS (SELECT FROM unnest(%s::smallint[], %s::bigint[]) AS tail(kind, record)
                      WHERE tail.kind = asked.kind AND tail.record = alike.record)
"""


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
    meant = _meant(access, indexes, question, tails, limit)
    found = [_found(access, kind, question, meant, tails, limit) for kind in wanted]
    return [one for one in found if one.hits or one.behind]


def _found(
    access: Access, kind: Kind, question: Question, meant: Mapping[int, list[int]],
    tails: Mapping[int, Tail], limit: int,
) -> Found:  # fmt: skip
    if kind.index is None:
        assert kind.find is not None
        return Found(kind, list(kind.find(access, question, limit))[:limit])
    index, tail = kind.index, tails.get(kind.index.number, Tail())
    records, looked = meant.get(index.number, []), limit
    hits = list(index.rows(access, records)) if records else []
    if index.hides is not None and index.hides(access):
        while (
            len(hits) < limit <= looked <= len(records)
        ):  # there may be more behind what is hidden
            looked *= _FURTHER
            more = _meant(access, [index], question, {index.number: tail}, looked)
            records = more.get(index.number, [])
            hits = list(index.rows(access, records))
    return Found(kind, sorted(hits, key=lambda hit: -hit.id)[:limit], tail.beyond)


def _meant(
    access: Access, indexes: Sequence[Index], question: Question, tails: Mapping[int, Tail],
    limit: int,
) -> dict[int, list[int]]:  # fmt: skip
    """The records that have all the words, by kind: at most ``limit`` by index, and those of tails."""
    company = access.company.pk
    alone = len(question.words) == 1
    alike, values = _single(question.words[0], company, limit) if alone else _all(question, company)
    behind = [(number, record) for number, tail in tails.items() for record in tail.records]
    if behind:
        values += [[number for number, _ in behind], [record for _, record in behind]]
    numbers = [index.number for index in indexes]
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _HITS.format(alike=alike, but=_BUT if behind else ""), [numbers, *values, limit]
        )
        for number, record in cursor.fetchall():
            found[number].append(record)
    for number, tail in tails.items():
        read = sorted(record for record, words in tail.words.items() if question.fits(words))
        found[number] += read[-limit:]
    return found


def _single(word: Word, company: int, limit: int) -> tuple[str, list[Any]]:
    """Of one word: what has the very word comes first, then those that only begin so, up to a limit."""
    parts: list[str] = []
    values: list[Any] = []
    for exact, begins in zip(word.exact, word.beginnings, strict=True):
        parts.append(_EXACT)
        values += [company, exact, limit]
        parts.append(f"({_RANGE.format(rank=', 1 AS rank')} ORDER BY word, record LIMIT %s)")
        values += [company, begins, begins + LAST, MOST_ALIKE]
    return " UNION ALL ".join(parts), values


def _all(question: Question, company: int) -> tuple[str, list[Any]]:
    """Of several words: what has all of them."""
    parts: list[str] = []
    values: list[Any] = []
    for word in question.words:
        ranges = []
        for begins in word.beginnings:
            ranges.append(_RANGE.format(rank=", 0 AS rank"))
            values += [company, begins, begins + LAST]
        parts.append(f"({' UNION ALL '.join(ranges)})")
    return " INTERSECT ".join(parts), values
