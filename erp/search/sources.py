"""In which order the records of a kind come and change (Quellen des Suchindexes)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet

from erp.changes.delta import EPOCHS, epoch_of
from erp.changes.models import Change
from erp.companies.models import Company, CompanyOwned
from erp.search.models import SearchHead, SearchWord

_LAST: Final = 2**63 - 1  # after every record of a place
_FRESH: Final = """
    SELECT asked.name
    FROM unnest(%(names)s::text[], %(places)s::bigint[], %(records)s::bigint[]) AS asked(name, place, record)
    WHERE EXISTS (
        SELECT FROM erp_change k
        WHERE k.company_id = %(company)s AND k.resource = asked.name AND k.place >= asked.place
          AND (k.place > asked.place OR k.record > asked.record)
    )
"""
#: Of all open companies at once: a head is missing, of another epoch, still filled, or has something behind it.
_BEHIND: Final = f"""
    WITH now AS MATERIALIZED ({EPOCHS})
    SELECT now.company FROM now WHERE EXISTS (
        SELECT FROM unnest(%(kinds)s::integer[], %(names)s::text[]) AS asked(kind, name)
        LEFT JOIN erp_searchhead h ON h.company_id = now.company AND h.kind = asked.kind
        WHERE h.kind IS NULL OR h.filling OR h.epoch <> now.epoch OR EXISTS (
            SELECT FROM erp_change k
            WHERE k.company_id = now.company AND k.resource = asked.name AND k.place >= h.place
              AND (k.place > h.place OR k.record > h.record)
        )
    )
"""  # noqa: S608 - our own text


class Source(ABC):
    """Tells what is new since a head; heads are moved by ``step`` alone, and saved by the caller."""

    @abstractmethod
    def begin(self, company: Company, head: SearchHead) -> None:
        """Set a new head to before everything."""

    @abstractmethod
    def step(self, company: Company, head: SearchHead, most: int) -> list[int]:
        """At most ``most`` records to be read next, and the head behind them; none: there is nothing new.

        Only what nobody can come before any more; what is not settled yet stays with ``rest``.
        """

    @abstractmethod
    def rest(self, company: Company, head: SearchHead, most: int) -> tuple[list[int], int]:
        """The first ``most`` records behind a head, and how many more there are."""

    @classmethod
    @abstractmethod
    def behind(cls, kinds: Mapping[int, Source]) -> set[int]:
        """The open companies whose heads of these kinds, by number, are behind or missing; one query.

        It may name one that has nothing to be read, and leaves none out that has.
        """

    @classmethod
    @abstractmethod
    def fresh(
        cls, company: Company, heads: Mapping[Source, SearchHead], *, thorough: bool
    ) -> set[Source]:
        """Those sources that have something behind their heads; one query for all of a class.

        ``thorough`` looks as well whether places are still counted as they were.
        """


class Changed(Source):
    """Records by their changes (``erp.changes``): at first all there are, then what changes.

    ``record`` of a head is the last of a place that was taken. Only changes of transactions that
    are over are taken; others stay with ``rest``.
    """

    def __init__(self, model: type[CompanyOwned], resource: str) -> None:
        self._model, self._resource = model, resource

    def begin(self, company: Company, head: SearchHead) -> None:
        head.epoch, horizon = epoch_of(company), _horizon()
        head.place, head.record, head.filling = horizon - 1, 0, True

    def step(self, company: Company, head: SearchHead, most: int) -> list[int]:
        if head.epoch != epoch_of(company):  # restored elsewhere: changes are counted anew
            SearchWord.of(company).filter(kind=head.kind).delete()
            self.begin(company, head)
        if head.filling:
            records = list(self._there(company, head)[:most])
            head.filling = len(records) == most
            head.record = records[-1] if head.filling else _LAST
            if records:
                return records
        rows = list(self._behind(company, head).filter(place__lt=_horizon())[:most])
        if rows:
            head.place, head.record = rows[-1]
        return [record for _place, record in rows]

    def rest(self, company: Company, head: SearchHead, most: int) -> tuple[list[int], int]:
        news = self._behind(company, head)
        if not head.filling:
            records = [record for _place, record in news[: most + 1]]
            beyond = news.count() - most if len(records) > most else 0
            return records[:most], beyond
        there = self._there(company, head)
        newest = list(there.reverse()[:most])
        return newest, there.count() - len(newest)

    @classmethod
    def behind(cls, kinds: Mapping[int, Source]) -> set[int]:
        told = {number: one._resource for number, one in kinds.items() if isinstance(one, cls)}
        with connection.cursor() as cursor:
            cursor.execute(
                _BEHIND,
                {"kinds": list(told), "names": list(told.values())},
            )
            return {company for (company,) in cursor.fetchall()}

    @classmethod
    def fresh(
        cls, company: Company, heads: Mapping[Source, SearchHead], *, thorough: bool
    ) -> set[Source]:
        epoch = epoch_of(company) if thorough else ""
        told = {
            source._resource: (source, head)
            for source, head in heads.items()
            if isinstance(source, cls)
        }
        names, places, records = list(told), [], []
        for _source, head in told.values():
            places.append(head.place)
            records.append(head.record if not head.filling else _LAST)
        with connection.cursor() as cursor:
            cursor.execute(
                _FRESH,
                {"company": company.pk, "names": names, "places": places, "records": records},
            )
            changed = {name for (name,) in cursor.fetchall()}
        return {
            source
            for name, (source, head) in told.items()
            if name in changed or head.filling or (thorough and head.epoch != epoch)
        }

    def _there(self, company: Company, head: SearchHead) -> QuerySet[Any, int]:
        """The records that were there at the beginning and were not gone through yet."""
        rows = self._model.of(company).filter(pk__gt=head.record)
        return rows.order_by("pk").values_list("pk", flat=True)

    def _behind(self, company: Company, head: SearchHead) -> QuerySet[Change, tuple[int, int]]:
        rows = Change.of(company).filter(resource=self._resource, place__gte=head.place)
        later = Q(place__gt=head.place) | Q(record__gt=head.record)
        return rows.filter(later).order_by("place", "record").values_list("place", "record")


def _horizon() -> int:
    """The first transaction that may still run: whatever changed before it has been committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (found,) = cursor.fetchone()
    return int(found)
