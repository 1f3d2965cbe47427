"""What can be found (Sucharten): rooms register their kinds of records in ``AppConfig.ready``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.search.asking import Question
from erp.search.sources import Source


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found; ``url`` is its page. ``amount`` is in ``currency``."""

    id: int
    label: str
    url: str
    note: str = ""
    day: dt.date | None = None
    amount: Decimal | None = None
    currency: str = ""


#: Records as hits; one query. What is gone is left out.
Rows = Callable[[Access, Sequence[int]], Iterable[Hit]]
#: The words of some records; those that are gone, or are not to be found, are left out.
Words = Callable[[Company, Sequence[int]], Mapping[int, set[str]]]


@dataclass(frozen=True)
class Index:
    """How words of a kind are kept: ``number`` stands in the database for good.

    ``rows`` may leave out what somebody does not see: ``hides`` says for whom it does.
    """

    number: int
    source: Source
    words: Words
    rows: Rows
    hides: Callable[[Access], bool] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record: found by an index of words, or by a question of its room (``find``)."""

    name: str
    label: Any
    permission: Permission
    index: Index | None = None
    find: Callable[[Access, Question, int], Iterable[Hit]] | None = None


_kinds: Final[dict[str, Kind]] = {}


def register(
    name: str, *, label: Any, permission: Permission, index: Index | None = None,
    find: Callable[[Access, Question, int], Iterable[Hit]] | None = None,
) -> None:  # fmt: skip
    """Let records be found by whoever has the permission. A name registers once.

    One of ``index`` and ``find`` is given; ``find`` gets how many hits are wanted at most.
    """
    if (index is None) == (find is None):
        raise TypeError(f"{name} is found by an index or by a question, and by one of them alone")
    _kinds[name] = Kind(name, label, permission, index, find)


def kinds_for(access: Access, names: Iterable[str] | None = None) -> list[Kind]:
    """What somebody may find, in the order it registered; of ``names`` only, if given."""
    wanted = None if names is None else set(names)
    return [
        kind for kind in _kinds.values()
        if access.may(kind.permission) and (wanted is None or kind.name in wanted)
    ]  # fmt: skip


def indexes() -> list[Index]:
    return [kind.index for kind in _kinds.values() if kind.index is not None]


def names() -> list[str]:
    return list(_kinds)
