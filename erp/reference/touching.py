"""What of our own an edition touches (betroffene Stammdaten): rooms above tell, by a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from erp.reference.models import ReferenceChange, ReferenceVersion


@dataclass(frozen=True)
class Change:
    """A row that was changed, closed or brought back."""

    kind: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class Touched:
    """A record of a company that refers to a changed row, in words for a report."""

    company: int
    subject: str  # its table, as ``accounting_bankaccount``
    record: int
    text: str
    key: str  # the row it refers to


#: Given a source and its changes, the own records that refer to them. Each opens what it reads.
Toucher = Callable[[str, Sequence[Change]], list[Touched]]
_touchers: dict[str, tuple[frozenset[str], Toucher]] = {}


def register(name: str, toucher: Toucher, *, sources: Iterable[str]) -> None:
    """Let a room tell what of its own is touched by some sources; a name registers once."""
    _touchers[name] = (frozenset(sources), toucher)


def touched(version: ReferenceVersion) -> list[Touched]:
    """All own records that refer to what an edition changed. Outside of any client's transaction."""
    asked = [toucher for sources, toucher in _touchers.values() if version.source in sources]
    if not asked:
        return []
    changes = [
        Change(one.kind, one.key, one.before, one.after)
        for one in ReferenceChange.objects.filter(version=version)
    ]
    if not changes:
        return []
    found: list[Touched] = []
    for toucher in asked:
        found += toucher(version.source, changes)
    return found
