"""In which order the records of a kind come and change (Quellen des Suchindexes)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from erp.companies.models import Company
from erp.search.models import SearchHead


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
    def fresh(cls, company: Company, heads: Mapping[Source, SearchHead]) -> set[Source]:
        """Those sources that have something behind their heads; one query for all of a class."""
