"""Which days of a year something holds for (Zeiträume): employments, insurances, certificates. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from payroll.declarations.gathering import PersonYear
from payroll.employees.people import Period
from payroll.wages.spans import month_end

Span = tuple[dt.date, dt.date]


def within(person: PersonYear, period: Period) -> Span:
    """The days of an employment in the year; of one that ended before, those of its end."""
    first, last = max(person.first, period.entry), min(person.last, period.exit or person.last)
    return (first, last) if first <= last else (person.first, person.first)


def spans_of(person: PersonYear) -> list[Span]:
    """Spans of certificates (Perioden): employments that share a month are one, so that nothing is split."""
    found: list[Span] = []
    for first, last in sorted(within(person, one) for one in person.periods):
        if found and first.replace(day=1) <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found or [(person.first, person.last)]


def place_of(month: dt.date, spans: Sequence[Span]) -> int:
    """To which span a month's slip belongs: the one it meets, else the last before, else the first."""
    end = month_end(month)
    meets = [nth for nth, (first, last) in enumerate(spans) if first <= end and month <= last]
    before = [nth for nth, (_first, last) in enumerate(spans) if last < month]
    return (meets or before[-1:] or [0])[-1]


def span_of_months(span: Span, months: Iterable[dt.date]) -> Span:
    """Of a span, the days from the first to the last of some months; all of it without any."""
    every = sorted(months)
    if not every:
        return span
    first, last = max(every[0], span[0]), min(month_end(every[-1]), span[1])
    return (first, last) if first <= last else span
