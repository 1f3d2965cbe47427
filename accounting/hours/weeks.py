"""A week of somebody's hours as a grid: a row for a project and a text, a column for a day.

A cell holds one entry. Several of the same day, project and text, and what is approved, are shown and not
typed over. Fields are named by their places: ``c-2-4`` is the fifth day of the third row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from accounting.hours.durations import typed_minutes
from accounting.hours.entering import TypedHours
from accounting.hours.errors import NotOpen
from accounting.hours.models import HourEntry, Project
from accounting.hours.queries import of_days
from erp.access.models import User
from erp.companies.models import Company
from erp.core.display import duration
from erp.core.errors import DomainError, Refusals, raise_all

DAYS: Final = 7
BLANK_ROWS: Final = 3
MOST_ROWS: Final = 60
Key = tuple[int, str, bool]  # project by id, text, billable


@dataclass
class Cell:
    """What somebody worked on a day; ``entry`` is what may be typed over, None where nothing stands there."""

    name: str
    day: dt.date
    minutes: int = 0
    entries: list[HourEntry] = field(default_factory=list)
    typed: str | None = None

    @property
    def entry(self) -> HourEntry | None:
        return self.entries[0] if len(self.entries) == 1 else None

    @property
    def is_fixed(self) -> bool:
        return len(self.entries) > 1 or any(not one.is_open for one in self.entries)

    @property
    def value(self) -> str:
        """What stands in the field."""
        if self.typed is not None:
            return self.typed
        return duration(self.minutes) if self.minutes else ""

    @property
    def mark(self) -> str:
        """What was read: the entry and its version."""
        return f"{self.entry.pk}:{self.entry.version}" if self.entry else ""


@dataclass
class Row:
    """A project and a text, blank on a row that is still to be chosen."""

    nth: int
    cells: list[Cell]
    project: Project | None = None
    text: str = ""
    is_billable: bool = True
    chosen: str = ""  # the number of a project, on a row that is new

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells)


@dataclass
class Week:
    """Seven days from a Monday, with sums by day and in all."""

    start: dt.date
    rows: list[Row]

    @property
    def days(self) -> list[dt.date]:
        return days_of(self.start)

    @property
    def sums(self) -> list[int]:
        columns = [[row.cells[nth].minutes for row in self.rows] for nth in range(DAYS)]
        return [sum(column) for column in columns]

    @property
    def total(self) -> int:
        return sum(self.sums)


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def days_of(start: dt.date) -> list[dt.date]:
    return [start + dt.timedelta(days=nth) for nth in range(DAYS)]


def week_of(company: Company, user: User, start: dt.date) -> Week:
    """Somebody's week, with the rows of the week before where nothing is entered on them yet. One query.

    ``start`` is a Monday. Projects that are closed are not offered again.
    """
    found = of_days(
        company, user, start - dt.timedelta(days=DAYS), start + dt.timedelta(days=DAYS - 1)
    )
    rows: dict[Key, Row] = {}
    this_week = [one for one in found if one.day >= start]
    before = [one for one in found if one.day < start and not one.project.is_closed]
    for one in (*this_week, *before):
        key = (one.project_id, one.text, one.is_billable)
        if key not in rows:
            rows[key] = _row(len(rows), start)
            rows[key].project, rows[key].text, rows[key].is_billable = (
                one.project, one.text, one.is_billable,
            )  # fmt: skip
        if one.day >= start:
            cell = rows[key].cells[(one.day - start).days]
            cell.entries.append(one)
            cell.minutes += one.minutes
    whole = [*rows.values()]
    whole += [_row(len(whole) + nth, start) for nth in range(BLANK_ROWS)]
    return Week(start, whole)


def _row(nth: int, start: dt.date) -> Row:
    return Row(nth, [Cell(f"c-{nth}-{place}", day) for place, day in enumerate(days_of(start))])


def typed_rows(start: dt.date, told: Mapping[str, str]) -> tuple[list[TypedHours], list[str]]:
    """What was typed in a grid, and the names of its fields in the same order: what is new or differs.

    Raises ``BadMinutes``, ``Refusals`` with several of them, or ``NotOpen``; each of the field it is
    typed in.
    """
    rows, names = list[TypedHours](), list[str]()
    faults: list[DomainError] = []
    for nth in range(MOST_ROWS):
        project = told.get(f"project-{nth}")
        if project is None:
            break
        for place, day in enumerate(days_of(start)):
            name = f"c-{nth}-{place}"
            text, mark = told.get(name, "").strip(), told.get(f"m-{nth}-{place}", "")
            if (
                name not in told
                or text == told.get(f"w-{nth}-{place}", "")
                or (not text and not mark)
            ):
                continue
            try:
                minutes = typed_minutes(text, field=name)
            except DomainError as fault:
                faults.append(fault)
                continue
            entry, _colon, version = mark.partition(":")
            if mark and not (entry.isdecimal() and version.isdecimal() and len(mark) < 30):
                raise NotOpen(field=name, entry=day)
            rows.append(TypedHours(
                project=project, day=day, minutes=minutes, text=told.get(f"text-{nth}", ""),
                is_billable=told.get(f"billable-{nth}") == "1",
                entry=int(entry) if mark else None, version=int(version) if mark else None,
            ))  # fmt: skip
            names.append(name)
    raise_all(faults)
    return rows, names


def retype(week: Week, told: Mapping[str, str]) -> None:
    """Put what was typed back into a week that is shown again with its refusals."""
    for row in week.rows:
        if row.project is None:
            row.chosen = told.get(f"project-{row.nth}", "")
            row.text = told.get(f"text-{row.nth}", "")
            row.is_billable = told.get(f"billable-{row.nth}", "1") == "1"
        for cell in row.cells:
            if not cell.is_fixed and cell.name in told:
                cell.typed = told[cell.name]


def placed(refusal: DomainError, names: Sequence[str]) -> DomainError:
    """The refusal of an act with places such as ``rows[2].minutes``, as of the fields of the grid."""
    for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
        row, _bracket, what = (one.place or "").removeprefix("rows[").partition("]")
        if row.isdecimal() and int(row) < len(names):
            name = names[int(row)]
            if what in {".project", ".text"}:
                name = f"{what[1:]}-{name.split('-')[1]}"
            one.place = name
    return refusal
