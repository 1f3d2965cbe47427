"""Reporting periods (Abrechnungsperioden) from the dated settings. Pure values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from erp.core.display import swiss_date
from vat.codes.models import VatSettings

MONTHS: Final = {
    VatSettings.Interval.MONTH: 1,
    VatSettings.Interval.QUARTER: 3,
    VatSettings.Interval.HALF_YEAR: 6,
    VatSettings.Interval.YEAR: 12,
}


@dataclass(frozen=True, slots=True)
class Reporting:
    """A reporting period, and how VAT is settled in it.

    ``is_edge`` says that it is shorter than its interval, because liability begins or ends in it.
    ``switched`` says that the basis alone was another one up to the day before; ``next_basis`` is the
    one after it, where method and basis change together: then the last period before carries what is open
    (MWSTV Art. 79 para. 4 and Art. 81 para. 6).
    """

    start: dt.date
    end: dt.date
    method: str
    basis: str
    interval: str
    group_uid: str = ""
    round_down: bool = False
    is_edge: bool = False
    switched: bool = False
    next_basis: str = ""

    @property
    def name(self) -> str:
        return period_name(self.start, self.end)


def periods(settings: Iterable[VatSettings], until: dt.date) -> list[Reporting]:
    """All reporting periods that begin up to a day, the oldest first.

    Periods are months, quarters, half-years or years of the calendar (MWSTG Art. 34 and 35), cut
    where the settings change.
    """
    rows = sorted(settings, key=lambda one: one.valid_from)
    found: list[Reporting] = []
    for told, first, last, after in _stretches(rows, until):
        for start, end, cut in _cut(first, last, MONTHS[VatSettings.Interval(told.interval)]):
            if start > until:
                break
            before = found[-1] if found else None
            switched = bool(
                before and before.basis != told.basis and before.method == told.method
                and before.end + dt.timedelta(days=1) == start
            )  # fmt: skip
            found.append(Reporting(
                start, end, told.method, told.basis, told.interval, told.group_uid,
                _at(rows, start).round_down, cut, switched,
                _next_basis(told, after) if end == last else "",
            ))  # fmt: skip
    return found


def _at(rows: Sequence[VatSettings], day: dt.date) -> VatSettings:
    return [row for row in rows if row.valid_from <= day][-1]


def _stretches(
    settings: Sequence[VatSettings], until: dt.date
) -> Iterator[tuple[VatSettings, dt.date, dt.date, VatSettings | None]]:
    """Times in which method, basis and interval stay the same, and VAT is owed at all; with what follows."""
    rows: list[VatSettings] = []
    for row in settings:
        if not rows or _way(rows[-1]) != _way(row):
            rows.append(row)
    ends: list[dt.date] = [b.valid_from - dt.timedelta(days=1) for _a, b in pairwise(rows)]
    for row, end, after in zip(rows, [*ends, dt.date.max], [*rows[1:], None], strict=True):
        if row.method != VatSettings.Method.NOT_LIABLE and row.valid_from <= until:
            yield row, row.valid_from, end, after


def _next_basis(row: VatSettings, after: VatSettings | None) -> str:
    """The basis from the next day on, where the method changes with it and VAT is still owed."""
    if after is None or after.method == VatSettings.Method.NOT_LIABLE or after.method == row.method:
        return ""
    return after.basis if after.basis != row.basis else ""


def _way(row: VatSettings) -> Sequence[object]:
    return (row.method, row.basis, row.interval, row.group_uid)


def _cut(first: dt.date, last: dt.date, months: int) -> Iterator[tuple[dt.date, dt.date, bool]]:
    start = first
    while start <= last:
        begin, end = bounds(start, months)
        yield start, min(end, last), start != begin or end > last
        start = end + dt.timedelta(days=1)


def bounds(day: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """The first and last day of the month, quarter, half-year or year that a day lies in."""
    first = (day.month - 1) // months * months + 1
    after = first + months
    end = dt.date(day.year + (after > 12), (after - 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return dt.date(day.year, first, 1), end


def period_name(start: dt.date, end: dt.date) -> str:
    """What a period is called: year, half-year, quarter or month, else its days."""
    year = {"year": start.year}
    for months, name in ((12, _("Year %(year)s")), (6, _("Half-year %(nth)s %(year)s")),
                         (3, _("Quarter %(nth)s %(year)s")), (1, "%(nth)02d/%(year)s")):  # fmt: skip
        if bounds(start, months) == (start, end):
            return name % {**year, "nth": (start.month - 1) // months + 1}
    return f"{swiss_date(start)}\N{EN DASH}{swiss_date(end)}"
