"""How old each source's data are, and how asking goes (Stand der Referenzdaten)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Sum

from erp.core import clock
from erp.reference.fetching import base_of
from erp.reference.models import ReferenceVersion, SourceState
from erp.reference.sources import SOURCES, Source
from erp.schedule import REFERENCE_RUNS

LATEST = 5


@dataclass(frozen=True)
class SourceStatus:
    """A source as a page, the API and the command show it.

    ``is_on`` says whether it is asked by itself here; ``version`` is its newest edition in force,
    ``latest`` are the last attempts, the newest first. ``age`` is in days since the edition.
    """

    name: str
    title: Any
    is_fetched: bool
    is_on: bool
    version: ReferenceVersion | None
    rows: int
    editions: int
    staged: list[ReferenceVersion]
    checked_at: dt.datetime | None
    succeeded_at: dt.datetime | None
    error: str
    error_at: dt.datetime | None
    next_run: dt.datetime | None
    is_stale: bool
    latest: list[ReferenceVersion] = field(default_factory=list)

    @property
    def edition_date(self) -> dt.date | None:
        return self.version.edition_date if self.version else None

    def age(self, on: dt.date) -> int | None:
        return (on - self.edition_date).days if self.edition_date else None


def statuses(*, on: dt.date | None = None) -> list[SourceStatus]:
    """All sources with their newest edition, last attempts and next run, in three queries."""
    today = on or clock.today()
    states = {one.source: one for one in SourceState.objects.all()}
    figures: dict[str, Any] = {
        row["source"]: row for row in
        ReferenceVersion.objects.filter(state=ReferenceVersion.State.ACTIVE).order_by()
        .values("source").annotate(rows=Sum("rows"), editions=Sum(1))
    }  # fmt: skip
    recent: dict[str, list[ReferenceVersion]] = {}
    for version in ReferenceVersion.objects.raw(_RECENT, [LATEST]):
        recent.setdefault(version.source, []).append(version)
    return [
        _status(source, states.get(name), figures.get(name, {}), recent.get(name, []), today)
        for name, source in SOURCES.items()
    ]


def stale_sources(*, on: dt.date | None = None) -> list[Any]:
    """The titles of sources whose data are older than they should be; one query."""
    today = on or clock.today()
    rows = {row.source: row for row in ReferenceVersion.objects.raw(_NEWEST)}
    found = []
    for name, source in SOURCES.items():
        newest: Any = rows.get(name)
        state = SourceState(source=name, succeeded_at=newest.succeeded_at) if newest else None
        if is_stale(source, newest, state, today):
            found.append(source.title)
    return found


#: The newest edition in force of each source, and when the source answered last.
_NEWEST = """
    SELECT DISTINCT ON (v.source) v.id, v.source, v.edition_date, s.succeeded_at
    FROM erp_referenceversion v LEFT JOIN erp_sourcestate s ON s.source = v.source
    WHERE v.state = 'active'
    ORDER BY v.source, v.edition_date DESC NULLS LAST, v.id DESC
"""

#: The last attempts of each source, those that wait, and the newest edition in force.
_RECENT = """
    SELECT id, source, scope, state, origin, address, etag, last_modified, edition_date, valid_from,
           fetched_at, activated_at, rows, digest, report, by_id
    FROM (SELECT v.*, row_number() OVER (PARTITION BY source ORDER BY id DESC) AS nth,
                 row_number() OVER (PARTITION BY source, state
                                    ORDER BY edition_date DESC NULLS LAST, id DESC) AS of_state
          FROM erp_referenceversion v) v
    WHERE nth <= %s OR state = 'staged' OR (state = 'active' AND of_state = 1)
    ORDER BY source, id DESC
"""


def _status(
    source: Source, state: SourceState | None, figures: dict[str, Any],
    recent: list[ReferenceVersion], today: dt.date,
) -> SourceStatus:  # fmt: skip
    active = [one for one in recent if one.state == ReferenceVersion.State.ACTIVE]
    newest = max(active, key=lambda one: (one.edition_date or dt.date.min, one.pk), default=None)
    on = is_on(source)
    return SourceStatus(
        source.name, source.title, bool(base_of(source)), on, newest, figures.get("rows") or 0,
        figures.get("editions") or 0,
        [one for one in recent if one.state == ReferenceVersion.State.STAGED],
        state.checked_at if state else None, state.succeeded_at if state else None,
        state.error if state else "", state.error_at if state else None,
        next_run(source) if on else None, is_stale(source, newest, state, today), recent[:LATEST],
    )  # fmt: skip


def is_on(source: Source) -> bool:
    """Whether this installation asks the source by itself."""
    off = settings.REFERENCE_OFF
    return source.name in REFERENCE_RUNS and not {"all", source.name} & set(off)


def next_run(source: Source) -> dt.datetime | None:
    """When the source will be asked next."""
    now = clock.now()
    start, delta, _now = REFERENCE_RUNS[source.name].remaining_delta(now)
    return (start + delta).astimezone(clock.ZURICH)


def is_stale(
    source: Source, version: ReferenceVersion | None, state: SourceState | None, today: dt.date
) -> bool:
    """Whether data are older than they should be: nobody said lately that they are still right.

    Where a source is asked, its last answer counts; else the edition. Rates are as old as they are.
    """
    if version is None or version.edition_date is None:
        return bool(source.base)
    known = version.edition_date
    answered = state.succeeded_at if state is not None else None
    if answered is not None and not source.comes_in_parts and is_on(source):
        known = max(known, answered.astimezone(clock.ZURICH).date())
    return source.is_old(known, today)
