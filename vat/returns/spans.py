"""What a return covers: days, and places in the chain of entries.

A return counts what was posted in its period up to the moment it is filed. What is posted into a
filed period later has a later place in the chain: it belongs to the next return, or to a correction
return of that period, and to one of them only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Beyond every place in a chain.
END: Final = 2**62


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` to ``end``; entries after the place ``after`` and up to ``until``."""

    start: dt.date
    end: dt.date
    after: int = 0
    until: int = END

    def told(self) -> list[Any]:
        """As it is stored."""
        return [self.start.isoformat(), self.end.isoformat(), self.after, self.until]


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed return, as far as it says what is declared: up to which place in the chain.

    ``sweeps`` says that it declared what came late into earlier periods, too, as first returns do;
    into those of the same ``method`` alone, for another one would take other rates, and lose input tax.
    The annual reconciliation covers the periods of its year.
    """

    start: dt.date
    end: dt.date
    until: int
    sweeps: bool
    method: str = ""


def spans_of(
    start: dt.date, end: dt.date, filed: Sequence[Filed], *, until: int = END, method: str = ""
) -> list[Span]:
    """What the return of a period covers: the period, and what came late into filed ones before it.

    Of those before it the ones of its ``method``; the rest is left to their own corrections. What
    filed returns of the same period have declared is left out: the rest is what they lack.
    """
    before = [one for one in filed if one.end < start and one.method == method]
    return [undeclared(start, end, filed, until=until), *late_into(before, filed, until=until)]


def undeclared(start: dt.date, end: dt.date, filed: Sequence[Filed], *, until: int = END) -> Span:
    """What was posted into a period and is declared nowhere yet."""
    return Span(start, end, _declared(start, end, filed), until)


def late_into(periods: Sequence[Filed], filed: Sequence[Filed], *, until: int = END) -> list[Span]:
    """What was posted into filed periods after they were filed and is declared nowhere yet."""
    days = sorted({(one.start, one.end) for one in periods if one.sweeps})
    return _merged(undeclared(first, last, filed, until=until) for first, last in days)


def _declared(start: dt.date, end: dt.date, filed: Sequence[Filed]) -> int:
    """Up to which place the entries of a period are declared, by its own or later returns."""
    own = [one for one in filed if one.start <= start and end <= one.end]
    if not own:
        return 0
    methods = {one.method for one in own if one.sweeps}
    swept = [one for one in filed if one.sweeps and one.end > end and one.method in methods]
    return max(one.until for one in [*own, *swept])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Neighbouring days with the same limits as one span."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last and last.end + dt.timedelta(days=1) == span.start and last.after == span.after:
            found[-1] = Span(last.start, span.end, last.after, last.until)
        else:
            found.append(span)
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of the same days that follow each other in the chain, as one."""
    found: list[Span] = []
    for span in spans:
        place = next((nth for nth, one in enumerate(found)
                      if (one.start, one.end, one.until) == (span.start, span.end, span.after)), None)  # fmt: skip
        if place is None:
            found.append(span)
        else:
            found[place] = Span(span.start, span.end, found[place].after, span.until)
    return found


def stored(spans: Iterable[Span]) -> list[list[Any]]:
    return [span.told() for span in spans]


def restored(told: Iterable[Sequence[Any]]) -> list[Span]:
    return [
        Span(dt.date.fromisoformat(start), dt.date.fromisoformat(end), after, until)
        for start, end, after, until in told
    ]
