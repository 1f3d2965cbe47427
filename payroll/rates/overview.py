"""All figures that hold on a day, in order, as pages, files and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from payroll.rates.cantonal import CANTONS, STATUSES
from payroll.rates.catalogue import FIGURES, GROUPS, UNITS, Group, label
from payroll.rates.family import Allowances, Raised, Status, allowances_on
from payroll.rates.figures import Figure, FiguresMissing, figures_known, missing_on


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure in its unit; ``own`` is the id of one that the company entered."""

    key: str
    label: Any
    value: Decimal
    unit: Any
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    own: int | None


@dataclass(frozen=True, slots=True)
class FigureGroup:
    key: Group
    title: Any
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A canton's family allowances in CHF a month, and how sure they are."""

    found: Allowances
    status: Any
    is_known: bool
    is_by_child: bool


@dataclass(frozen=True, slots=True)
class MissingFigure:
    key: str
    label: str


def groups(day: dt.date, own: Iterable[Figure] = ()) -> list[FigureGroup]:
    """The figures of a day in the order of the catalogue; groups without any are left out."""
    known = figures_known(day, own=own)
    rows: dict[Group, list[FigureRow]] = {group: [] for group in GROUPS}
    for key, one in FIGURES.items():
        if found := known.get(key):
            rows[one.group].append(
                FigureRow(key, one.label, found.value, UNITS[one.unit], found.valid_from,
                          found.valid_to, found.source, found.own)
            )  # fmt: skip
    return [FigureGroup(key, GROUPS[key], tuple(found)) for key, found in rows.items() if found]


def missing(day: dt.date, own: Iterable[Figure] = ()) -> list[MissingFigure]:
    """The figures that are not known on a day, with their names."""
    return [MissingFigure(key, label(key)) for key in missing_on(day, own=own)]


def family(day: dt.date, own: Iterable[Figure] = ()) -> list[FamilyRow]:
    """The family allowances of all cantons on a day; none where the federal minimum is not known."""
    own = tuple(own)
    try:
        found = [allowances_on(canton, day, own=own) for canton in CANTONS]
    except FiguresMissing:
        return []
    return [
        FamilyRow(one, STATUSES[one.status], one.status == Status.KNOWN,
                  one.raised == Raised.THIRD_CHILD)
        for one in found
    ]  # fmt: skip
