"""Figures of law on a day (gesetzliche Werte): dated data with their source, and a company's own."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from payroll.rates.catalogue import FIGURES, label
from payroll.wages.kinds import Sex
from payroll.wages.values import AgeCredit, AgeStep, Figures

DATA: Final = Path(__file__).parent / "data"


class FiguresMissing(DomainError):
    code = "rates.figures_missing"
    message = _("For %(day)s the program does not know: %(figures)s. Enter them with their source "
                "under “Payroll > Figures”, as soon as they are published.")  # fmt: skip
    field = "month"
    conflict = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over a span, in the unit of its key; ``valid_to`` is None where it runs on.

    ``own`` is the id of what a company entered itself.
    """

    key: str
    valid_from: dt.date
    valid_to: dt.date | None
    value: Decimal
    source: str
    own: int | None = None

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of dated data."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def shipped() -> tuple[Figure, ...]:
    """All figures that come with the program, in the order of the catalogue."""
    return tuple(
        Figure(
            row["key"], dt.date.fromisoformat(row["valid_from"]),
            dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            Decimal(row["value"]), row["source"],
        )
        for row in rows_of("figures.csv")
    )  # fmt: skip


def figures_known(day: dt.date, *, own: Iterable[Figure] = ()) -> dict[str, Figure]:
    """What is known on a day, by key. What comes with the program goes before ``own`` figures."""
    found = {one.key: one for one in sorted(own, key=lambda one: one.valid_from) if one.holds(day)}
    return found | _shipped_on(day)


@lru_cache(maxsize=64)
def _shipped_on(day: dt.date) -> dict[str, Figure]:
    return {one.key: one for one in shipped() if one.holds(day)}


def missing_on(day: dt.date, *, own: Iterable[Figure] = ()) -> list[str]:
    """The keys that have no figure on a day, in the order of the catalogue.

    Those the program never had before that day, such as what a later law introduced, are left out.
    """
    known = figures_known(day, own=own)
    ever = {one.key for one in shipped() if one.valid_from <= day}
    return [key for key in FIGURES if key in ever and key not in known]


def figure(key: str, day: dt.date, *, own: Iterable[Figure] = ()) -> Figure:
    """One figure on a day. Raises ``FiguresMissing``."""
    found = figures_known(day, own=own).get(key)
    if found is None:
        raise FiguresMissing(day=day, figures=label(key))
    return found


def figures_on(day: dt.date, *, own: Iterable[Figure] = ()) -> Figures:
    """The figures that a month is reckoned with; ``day`` is one of its days.

    ``own`` are those of ``own.figures_of(company)``. The median wage is 0 where nobody knows it,
    as it counts for few people, and their tax then stops; so is the income that family allowances ask
    for, as it only warns. Raises ``FiguresMissing``, which names
    all others that are not known: what holds for a year is never taken from the last one.
    """
    known = figures_known(day, own=own)
    missing = [key for key, one in FIGURES.items() if one.is_needed and key not in known]
    if missing:
        raise FiguresMissing(day=day, figures="; ".join(label(key) for key in missing))
    values = {key: known[key].value for key, one in FIGURES.items() if one.is_needed}
    age = int(values.pop("liable_from_age"))
    rare = {
        key: known[key].value if key in known else Decimal(0)
        for key in ("median_wage", "family_income_month")
    }
    return Figures(
        **values, **rare, liable_from_age=age, reference_ages=reference_ages(),
        bvg_credits=age_credits(),
    )  # fmt: skip


@cache
def reference_ages() -> tuple[AgeStep, ...]:
    """The reference ages by sex and year of birth (AHVG Art. 21), the earlier years first."""
    return tuple(
        AgeStep(Sex(row["sex"]), int(row["born_until"]), int(row["years"]), int(row["months"]))
        for row in rows_of("reference_ages.csv")
    )


@cache
def age_credits() -> tuple[AgeCredit, ...]:
    """The retirement credits of the law in percent of the coordinated wage, by age."""
    return tuple(
        AgeCredit(int(row["age_from"]), int(row["age_to"]), Decimal(row["percent"]))
        for row in rows_of("bvg_credits.csv")
    )
