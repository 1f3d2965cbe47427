"""The list for family allowance funds (Lohnmeldung FAK): wages and allowances by canton and fund. Pure.

Source: FamZG Art. 12 (the fund of the canton of the work place), Art. 15 (settled with what is owed).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.core.money import ZERO
from payroll.declarations.gathering import PersonYear
from payroll.declarations.insured import InsuredRow, by_kind, insured_of
from payroll.declarations.lists import days_columns, person_cells, person_columns
from payroll.declarations.periods import Span, place_of, spans_of
from payroll.declarations.reports import Report
from payroll.runs.families import fund_of
from payroll.wages.kinds import Insurance, Kind

Fund = tuple[str, int | None]  # canton and institution


@dataclass
class _Row:
    """A person's employment at a fund."""

    person: PersonYear
    span: Span
    fund: Fund
    wages: Decimal = ZERO
    allowances: Decimal = ZERO
    employee: Decimal = ZERO
    employer: Decimal = ZERO

    def add(self, row: InsuredRow) -> None:
        self.wages += row.insured
        self.employee += row.employee
        self.employer += row.employer


@dataclass
class _Group:
    rows: list[_Row] = field(default_factory=list)

    def total(self, name: str) -> Decimal:
        return sum((getattr(one, name) for one in self.rows), ZERO)


def allowances_of(person: PersonYear) -> dict[tuple[int, Fund], Decimal]:
    """Family allowances paid in the year, in CHF, by employment (its place) and fund.

    Of a slip that does not say what it was reckoned from the fund is unknown.
    """
    spans = spans_of(person)
    found: dict[tuple[int, Fund], Decimal] = defaultdict(Decimal)
    for posted, line in person.lines():
        if line.kind == Kind.FAMILY and line.paid:
            given = posted.content.given if posted.content is not None else None
            fund: Fund = fund_of(given, line) if given is not None else ("", None)
            found[place_of(line.for_month or posted.month, spans), fund] += line.amount
    return dict(found)


def _rows_of(person: PersonYear) -> list[_Row]:
    spans = spans_of(person)
    rows: dict[tuple[int, Fund], _Row] = {}
    for one in by_kind(insured_of(person), Insurance.FAK):
        key = (one.place, (one.canton, one.institution))
        rows.setdefault(key, _Row(person, (one.first, one.last), key[1])).add(one)
    for (place, fund), amount in allowances_of(person).items():
        key = _beside(rows, place, fund)
        rows.setdefault(key, _Row(person, spans[place], key[1])).allowances += amount
    return list(rows.values())


def _beside(rows: Mapping[tuple[int, Fund], _Row], place: int, fund: Fund) -> tuple[int, Fund]:
    """The row of an allowance: of its fund; where that is not known, of the canton or the employment."""
    if (place, fund) in rows or fund[1] is not None:
        return place, fund
    same = [key for key in rows if key[0] == place and key[1][0] == fund[0]]
    others = [key for key in rows if key[0] == place] if not fund[0] else []
    return (same or others or [(place, fund)])[0]


def fak(people: Iterable[PersonYear], names: Mapping[int, str] | None = None) -> Report:
    """Wages and allowances by canton and fund; ``names`` are those of institutions by id."""
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    for person in people:
        for row in _rows_of(person):
            canton, institution = row.fund
            groups[canton, (names or {}).get(institution or 0, "")].rows.append(row)
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for (canton, name), group in sorted(groups.items()):
        rows += [_cells(canton, name, row) for row in group.rows]
        kinds[len(rows)] = "total"
        sums = [group.total(one) for one in ("wages", "allowances", "employee", "employer")]
        rows.append([canton, name, "", _("Total"), None, None, None, *sums])
    columns = [
        ("canton", _("Canton")), ("fund", _("Fund")), *person_columns(), *days_columns(),
        ("fak_wage", _("FAK wage")), ("allowances", _("Allowances paid")),
        ("employee", _("Employee")), ("employer", _("Employer")),
    ]  # fmt: skip
    return Report("fak", _("FAK wages by canton"), columns, rows, kinds)


def _cells(canton: str, name: str, row: _Row) -> list[Any]:
    first, last = row.span
    return [canton, name, *person_cells(row.person), first, last, row.wages, row.allowances,
            row.employee, row.employer]  # fmt: skip
