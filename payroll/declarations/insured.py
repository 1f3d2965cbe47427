"""What somebody was insured for in a year (versicherte Löhne), one row for each insurance. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from erp.core.money import ZERO
from payroll.declarations.gathering import PersonYear
from payroll.declarations.periods import Span, place_of, span_of_months, spans_of
from payroll.wages.ahv import PENSION
from payroll.wages.kinds import Insurance
from payroll.wages.values import Charge

#: Insurance, key, code, institution, canton, and the place of the employment among those of the year.
Key = tuple[Insurance, str, str, int | None, str, int]


@dataclass(frozen=True, slots=True)
class InsuredRow:
    """A person's employment of a year under one contribution (Beitragszeit); wages and parts in CHF, both
    parts positive where due.

    ``wages`` counted, of them ``insured``; ``first`` and ``last`` are days of the year, both within.
    Who left and came back has rows of their own for both times: ``place`` numbers these.
    """

    person: PersonYear
    insurance: Insurance
    key: str
    code: str
    institution: int | None
    canton: str
    first: dt.date
    last: dt.date
    days: int
    wages: Decimal
    insured: Decimal
    employee: Decimal
    employer: Decimal
    employee_percent: Decimal
    employer_percent: Decimal
    place: int = 0

    @property
    def total(self) -> Decimal:
        return self.employee + self.employer

    @property
    def open(self) -> Decimal:
        """Wages that no contribution is due on."""
        return self.wages - self.insured

    @property
    def is_pension(self) -> bool:
        return self.key == PENSION

    @property
    def sex(self) -> str:
        return self.person.file.personal.sex.value


@dataclass
class _Sum:
    last: Charge
    months: set[dt.date] = field(default_factory=set)
    days: int = 0
    wages: Decimal = ZERO
    insured: Decimal = ZERO
    employee: Decimal = ZERO
    employer: Decimal = ZERO


def insured_of(person: PersonYear) -> list[InsuredRow]:
    """A person's rows in the order of insurances; what comes to nothing is left out."""
    sums: dict[Key, _Sum] = {}
    spans = spans_of(person)
    for posted, charge in person.charges():
        place = place_of(posted.month, spans)
        key = (charge.insurance, charge.key, charge.code, charge.institution, charge.canton, place)
        row = sums.setdefault(key, _Sum(charge))
        row.last = charge
        if charge.days > 0 or (charge.wages and not row.months):
            row.months.add(posted.month)
        for name in ("days", "wages", "insured", "employee", "employer"):
            setattr(row, name, getattr(row, name) + getattr(charge, name))
    order = list(Insurance)
    found = [_row(person, key, row, spans) for key, row in sums.items()]
    return sorted(
        (one for one in found if one.wages or one.insured or one.employee or one.employer),
        key=lambda one: (order.index(one.insurance), one.key, one.code, one.canton, one.first),
    )


def _row(person: PersonYear, key: Key, row: _Sum, spans: Sequence[Span]) -> InsuredRow:
    insurance, name, code, institution, canton, place = key
    first, last = span_of_months(spans[place], row.months)
    return InsuredRow(
        person, insurance, name, code, institution, canton, first, last, row.days, row.wages,
        row.insured, row.employee, row.employer, row.last.employee_percent,
        row.last.employer_percent, place,
    )  # fmt: skip


def insured_rows(people: Iterable[PersonYear]) -> list[InsuredRow]:
    return [row for person in people for row in insured_of(person)]


def gross_of(row: InsuredRow, rows: Sequence[InsuredRow]) -> Decimal:
    """The gross wages of a row's months, of a person's ``rows`` of one insurance; what is paid after an
    exit is of the last row before."""
    total = ZERO
    order = sorted(rows, key=lambda one: one.first)
    for one in row.person.slips:
        before = [each for each in order if each.first.replace(day=1) <= one.month]
        if (before[-1] if before else order[0]) is row:
            total += one.slip.gross
    return total


def with_alv(rows: Sequence[InsuredRow]) -> list[tuple[InsuredRow, list[InsuredRow]]]:
    """A person's rows of AHV, each with those of ALV of the same employment and fund.

    Pensioners owe none. What stands beside no row of AHV is told with the first one.
    """
    ahv = by_kind(rows, Insurance.AHV)
    found: list[tuple[InsuredRow, list[InsuredRow]]] = [(row, []) for row in ahv]
    for one in by_kind(rows, Insurance.ALV):
        beside = [
            told for row, told in found
            if not row.is_pension and (row.place, row.institution) == (one.place, one.institution)
        ] or [told for _row, told in found]  # fmt: skip
        if beside:
            beside[0].append(one)
    return found


def by_kind(rows: Iterable[InsuredRow], *kinds: Insurance) -> list[InsuredRow]:
    return [row for row in rows if row.insurance in kinds]


@dataclass(frozen=True, slots=True)
class Group:
    """Sums of several rows: of a code, a canton or a sex; ``people`` are counted once."""

    name: tuple[str, ...]
    people: int
    wages: Decimal
    insured: Decimal
    employee: Decimal
    employer: Decimal

    @property
    def total(self) -> Decimal:
        return self.employee + self.employer


def grouped(rows: Iterable[tuple[tuple[str, ...], InsuredRow]]) -> list[Group]:
    """Rows summed by the names they come with, in the order of these names."""
    found: dict[tuple[str, ...], list[InsuredRow]] = defaultdict(list)
    for name, row in rows:
        found[name].append(row)
    return [
        Group(
            name, len({one.person.file.id for one in same}),
            sum((one.wages for one in same), ZERO), sum((one.insured for one in same), ZERO),
            sum((one.employee for one in same), ZERO), sum((one.employer for one in same), ZERO),
        )
        for name, same in sorted(found.items())
    ]  # fmt: skip
