"""Keeping the words of records (Suchindex nachführen): behind the books, so that no posting waits.

Whoever searches brings the words up to date first, as far as that takes moments; a task does so for
what came in large amounts. What is still missing is looked at record by record, so that the answer
is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection, transaction

from erp.companies.models import Company
from erp.search.kinds import Index
from erp.search.models import SearchHead, SearchWord
from erp.search.sources import Source

AT_ONCE: Final = 2_000  # records whose words are kept by whoever searches
MOST_READ: Final = 500  # records that are looked at without kept words

#: Words of a kind that are never taken back: those of posted entries.
_FOR_GOOD: Final = 1


@dataclass(frozen=True)
class Tail:
    """Records whose kept words do not count, by their words now, and how many more there are."""

    words: Mapping[int, set[str]] = field(default_factory=dict)
    records: tuple[int, ...] = ()
    beyond: int = 0


def catch_up(
    company: Company, indexes: Sequence[Index], *, most: int = AT_ONCE, writes: bool = True
) -> dict[int, Tail]:
    """Keep the words of what is new, at most ``most`` records of a kind; what is left, by kind.

    Two queries, and one for each class of sources, where nothing is new. Kinds that somebody else
    is working on are left to them. Without ``writes`` everything is left.
    """
    heads = _heads(company, indexes)
    fresh = _fresh(company, heads, indexes)
    if fresh and writes:
        moved, _read = _moved(company, fresh, most)
        heads |= moved
        fresh = _fresh(company, heads, fresh)
    return {index.number: _tail(company, index, heads[index.number]) for index in fresh}


def keep(company: Company, indexes: Sequence[Index], *, most: int = AT_ONCE) -> int:
    """Keep the words of what is new, at most ``most`` records of a kind; how many records that were.

    After books were restored elsewhere, all words are kept anew.
    """
    fresh = _fresh(company, _heads(company, indexes), indexes, thorough=True)
    return _moved(company, fresh, most)[1] if fresh else 0


def behind(indexes: Sequence[Index]) -> set[int]:
    """The open companies in which ``keep`` may find something; one query for each class of sources."""
    classes: dict[type[Source], dict[int, Source]] = defaultdict(dict)
    for index in indexes:
        classes[type(index.source)][index.number] = index.source
    return {company for kind, some in classes.items() for company in kind.behind(some)}


def _heads(company: Company, indexes: Iterable[Index]) -> dict[int, SearchHead]:
    found = {head.kind: head for head in SearchHead.of(company)}
    for index in indexes:
        if index.number not in found:
            head = SearchHead(company=company, kind=index.number)
            index.source.begin(company, head)
            found[index.number] = head
    return found


def _fresh(
    company: Company, heads: Mapping[int, SearchHead], indexes: Sequence[Index], *,
    thorough: bool = False,
) -> list[Index]:  # fmt: skip
    """The indexes that have something new; one query for each class of sources."""
    classes: dict[type[Source], dict[Source, SearchHead]] = defaultdict(dict)
    for index in indexes:
        classes[type(index.source)][index.source] = heads[index.number]
    found = {
        one
        for kind, some in classes.items()
        for one in kind.fresh(company, some, thorough=thorough)
    }
    return [index for index in indexes if index.source in found]


@transaction.atomic
def _moved(
    company: Company, indexes: Sequence[Index], most: int
) -> tuple[dict[int, SearchHead], int]:
    """The heads after the words of what is new were kept, and of how many records.

    Without those heads that others hold.
    """
    SearchHead.unscoped.bulk_create(
        (head for head in _heads(company, indexes).values() if head.pk is None),
        ignore_conflicts=True,
    )
    wanted = SearchHead.of(company).filter(kind__in=[index.number for index in indexes])
    rows = wanted.order_by("kind").select_for_update(skip_locked=True, no_key=True)
    heads = {head.kind: head for head in rows}
    read = sum(_move(company, index, heads[index.number], most)
               for index in indexes if index.number in heads)  # fmt: skip
    return heads, read


def _move(company: Company, index: Index, head: SearchHead, most: int) -> int:
    read = 0
    while read < most and (records := index.source.step(company, head, min(most - read, AT_ONCE))):
        _keep(company, index, records)
        read += len(records)
    head.save(update_fields=["place", "record", "filling", "epoch"])
    return read


def _keep(company: Company, index: Index, records: Sequence[int]) -> None:
    if index.number > _FOR_GOOD:
        SearchWord.of(company).filter(kind=index.number, record__in=list(records)).delete()
    pairs = sorted(
        (word, record) for record, words in index.words(company, records).items() for word in words
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO erp_searchword (company_id, kind, word, record)"
            " SELECT %s, %s, * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [company.pk, index.number, [word for word, _ in pairs], [pk for _, pk in pairs]],
        )


def _tail(company: Company, index: Index, head: SearchHead) -> Tail:
    records, beyond = index.source.rest(company, head, MOST_READ)
    return Tail(index.words(company, records), tuple(records), beyond)
