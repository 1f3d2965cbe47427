"""All institutions, solutions and rates of a company in a year, loaded once (Versicherungsbuch)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Self

from erp.companies.models import Company
from payroll.setup.checking import Rate
from payroll.setup.holding import in_force, rates_for
from payroll.setup.models import Institution, Solution, SolutionRate
from payroll.setup.solutions import as_value
from payroll.wages.ages import age_by_year
from payroll.wages.values import Person

Kind = Institution.Kind
Spans = Iterator[tuple[dt.date, dt.date]]


@dataclass(frozen=True, slots=True)
class Insurer:
    """An institution as it counts."""

    id: int
    kind: str
    canton: str
    active_until: dt.date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A solution with its rates of all days."""

    id: int
    insurer: Insurer
    code: str
    rates: tuple[Rate, ...]
    _held: dict[tuple[dt.date, str, int], list[Rate]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def on(self, day: dt.date) -> list[Rate]:
        """The rates that hold on a day, for anybody."""
        return in_force(self.rates, day)

    def rates_for(self, person: Person, day: dt.date) -> list[Rate]:
        """The rates that hold for somebody on a day, by sex and the age of the calendar year."""
        key = (day, person.sex.value, age_by_year(person.birth_date, day.year))
        if key not in self._held:
            self._held[key] = rates_for(self.rates, day, sex=key[1], age=key[2])
        return self._held[key]

    @property
    def group(self) -> str:
        """The group of people of an accident insurance: A of A1."""
        return self.code[:1] if self.insurer.kind == Kind.UVG else self.code


@dataclass(frozen=True, slots=True)
class Book:
    """What a company has agreed with its insurers and funds; it asks nothing."""

    year: int
    offers: dict[int, Offer]
    insurers: tuple[Insurer, ...] = ()
    _spans: dict[tuple[dt.date, dt.date], tuple[tuple[dt.date, dt.date], ...]] = field(
        default_factory=dict, repr=False
    )
    _pensions: dict[tuple[int, ...], Offer | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, company: Company, year: int) -> Self:
        """The book of a year: three queries, whatever the number of people."""
        insurers = {
            row.pk: Insurer(row.pk, row.kind, row.canton, row.active_until, row.name)
            for row in Institution.of(company).order_by("kind", "canton", "pk")
        }
        rates = dict[int, list[Rate]]()
        until = dt.date(year, 12, 31)
        for rate in SolutionRate.of(company).filter(valid_from__lte=until).order_by("pk"):
            rates.setdefault(rate.solution_id, []).append(as_value(rate))  # type: ignore[attr-defined]
        offers = {
            row.pk: Offer(
                row.pk, insurers[row.institution_id], row.code, tuple(rates.get(row.pk, ()))
            )  # type: ignore[attr-defined]
            for row in Solution.of(company).order_by("pk")
        }
        return cls(year, offers, tuple(insurers.values()))

    def offer(self, pk: int) -> Offer | None:
        """A solution. An accident insurance's without rates has those of its group: A3 those of A1."""
        found = self.offers.get(pk)
        if found is None or found.rates or found.insurer.kind != Kind.UVG:
            return found
        for other in self.offers.values():
            if other.insurer == found.insurer and other.group == found.group and other.rates:
                return Offer(found.id, found.insurer, found.code, other.rates, other._held)
        return found

    def pension_offer(self, solutions: tuple[int, ...]) -> Offer | None:
        """The first of some solutions that is a pension fund's."""
        if solutions not in self._pensions:
            offers = (self.offer(pk) for pk in solutions)
            self._pensions[solutions] = next(
                (one for one in offers if one is not None and one.insurer.kind == Kind.BVG), None
            )
        return self._pensions[solutions]

    def offers_of(self, kind: str) -> list[Offer]:
        return [offer for offer in self.offers.values() if offer.insurer.kind == kind]

    def fund(self, day: dt.date) -> Insurer | None:
        """The compensation fund of a day: of those that are not over the one that ends first."""
        active = [
            one for one in self.insurers
            if one.kind == Kind.AHV and (one.active_until or dt.date.max) >= day
        ]  # fmt: skip
        return min(active, key=lambda one: one.active_until or dt.date.max, default=None)

    def institutions(self, day: dt.date) -> dict[str, int]:
        """Who gets on a day the contributions that the law sets: ids for ``ahv`` and ``alv``."""
        fund = self.fund(day)
        return {"ahv": fund.id, "alv": fund.id} if fund is not None else {}

    def spans(
        self, first: dt.date, last: dt.date, *, also: Collection[dt.date] = ()
    ) -> tuple[tuple[dt.date, dt.date], ...]:
        """A span cut where any rate begins, and on other days; each part with its first and last day."""
        if also:
            return tuple(_cut(first, last, self._days() | set(also)))
        if (first, last) not in self._spans:
            self._spans[first, last] = tuple(_cut(first, last, self._days()))
        return self._spans[first, last]

    def _days(self) -> set[dt.date]:
        days = {rate.valid_from for offer in self.offers.values() for rate in offer.rates}
        ends = {one.active_until for one in self.insurers if one.active_until is not None}
        return days | {day + dt.timedelta(1) for day in ends}


def _cut(first: dt.date, last: dt.date, days: set[dt.date]) -> Spans:
    begins = [first, *sorted(day for day in days if first < day <= last)]
    for nth, begin in enumerate(begins):
        end = begins[nth + 1] - dt.timedelta(1) if nth + 1 < len(begins) else last
        yield begin, end
