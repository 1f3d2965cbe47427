"""Entering hours (Stunden erfassen): one or many at once, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.db.models import Sum

from accounting.hours.errors import (
    BadMinutes,
    ChangedMeanwhile,
    DayTooFull,
    NotOpen,
    ProjectClosed,
    UnknownProject,
)
from accounting.hours.models import DAY_MINUTES, HourEntry, Project
from accounting.hours.rates import require_rate
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.display import duration
from erp.core.errors import DomainError, called, raise_all
from erp.core.texts import one_line

_TOLD = ("project", "day", "minutes", "text", "is_billable", "rate")
_PLACES = ("project", "minutes", "text", "rate", "day", "entry")


@dataclass(frozen=True, slots=True)
class TypedHours:
    """Hours as typed: ``project`` by number. ``entry`` is what they take the place of, by id.

    No minutes delete it. ``version`` is the one that was read; None does not ask.
    """

    project: str
    day: dt.date
    minutes: int
    text: str = ""
    is_billable: bool = True
    rate: Decimal | None = None
    entry: int | None = None
    version: int | None = None


@transaction.atomic
def save_hours(
    *, company: Company, user: User, rows: Sequence[TypedHours], by: User
) -> list[HourEntry]:
    """Enter, change and delete hours of one person; returns those that there are now, in the order of ``rows``.

    Raises the one refusal found, or ``Refusals`` with all of them, at places such as
    ``rows[2].project``: ``UnknownProject``, ``ProjectClosed``, ``BadMinutes``, ``BadRate``,
    ``DayTooFull``, ``NotOpen``, ``ChangedMeanwhile``; then nothing is written.
    """
    desk = _Desk(company, user, rows, by)
    new, changed, gone = [], [], []
    faults: list[DomainError] = []
    kept: list[HourEntry] = []
    for nth, row in enumerate(rows):
        try:
            with called(**{name: f"rows[{nth}].{name}" for name in _PLACES}):
                before = desk.standing(row)
                if row.minutes == 0:
                    gone += [before] if before else []
                    continue
                one = desk.entry(row, before)
        except DomainError as fault:
            faults.append(fault)
            continue
        kept.append(one)
        if before is None:
            new.append(one)
        elif any(getattr(before, name) != getattr(one, name) for name in _TOLD):
            changed.append((before, one))
    raise_all(faults)
    _write(company, new, changed, gone, by=by)
    desk.require_room()
    return kept


def held(company: Company, ids: Sequence[int]) -> list[HourEntry]:
    """Entries as they are now, held in one order until the transaction ends."""
    rows = HourEntry.of(company).select_for_update(of=("self",)).filter(pk__in=list(ids))
    return list(rows.select_related("project", "user").order_by("pk"))


def _write(
    company: Company, new: list[HourEntry], changed: list[tuple[HourEntry, HourEntry]],
    gone: list[HourEntry], *, by: User,
) -> None:  # fmt: skip
    """Three statements, and one of the trail for each kind of change."""
    told = {one.pk: trail.filled(trail.values(one, *_TOLD)) for one in gone}
    if gone:
        trail.record_many(company=company, by=by, action="hours.delete",
                          subjects=[(one, told[one.pk]) for one in gone])  # fmt: skip
        HourEntry.of(company).filter(pk__in=[one.pk for one in gone]).delete()
    if changed:
        HourEntry.unscoped.bulk_update(
            [one for _was, one in changed], [*_TOLD, "changed_by", "version"]
        )
        trail.record_many(company=company, by=by, action="hours.change", subjects=[
            (one, trail.changes(trail.values(was, *_TOLD), trail.values(one, *_TOLD)))
            for was, one in changed
        ])  # fmt: skip
    if new:
        HourEntry.unscoped.bulk_create(new)
        trail.record_many(company=company, by=by, action="hours.enter", subjects=[
            (one, trail.filled(trail.values(one, *_TOLD) | {"person": str(one.user)})) for one in new
        ])  # fmt: skip


@dataclass
class _Desk:
    """Reads rows: what they name is asked for once."""

    company: Company
    user: User
    rows: Sequence[TypedHours]
    by: User
    days: set[dt.date] = field(default_factory=set)

    @cached_property
    def projects(self) -> dict[str, Project]:
        wanted = {row.project.strip() for row in self.rows}
        return {one.number: one for one in Project.of(self.company).filter(number__in=wanted)}

    @cached_property
    def there(self) -> dict[int, HourEntry]:
        ids = [row.entry for row in self.rows if row.entry is not None]
        found = held(self.company, ids) if ids else []
        return {one.pk: one for one in found if one.user_id == self.user.pk}

    def standing(self, row: TypedHours) -> HourEntry | None:
        """What a row takes the place of; raises ``ChangedMeanwhile`` or ``NotOpen``."""
        if row.entry is None:
            return None
        found = self.there.get(row.entry)
        if found is None or (row.version is not None and found.version != row.version):
            raise ChangedMeanwhile
        if not found.is_open:
            raise NotOpen(entry=found)
        return found

    def entry(self, row: TypedHours, before: HourEntry | None) -> HourEntry:
        if not 0 < row.minutes <= DAY_MINUTES:
            raise BadMinutes(value=row.minutes)
        require_rate(row.rate)
        self.days.add(row.day)
        return HourEntry(
            pk=before.pk if before else None, company=self.company,
            project=self._project(row, before), user=self.user, day=row.day, minutes=row.minutes,
            text=one_line(row.text, field="text", most=200), is_billable=row.is_billable,
            rate=row.rate, changed_by=self.by, version=before.version + 1 if before else 1,
        )  # fmt: skip

    def _project(self, row: TypedHours, before: HourEntry | None) -> Project:
        found = self.projects.get(row.project.strip())
        if found is None:
            raise UnknownProject(value=row.project[:20])
        if found.is_closed and (before is None or before.project_id != found.pk):
            raise ProjectClosed(name=found.name)
        return found

    def require_room(self) -> None:
        """Nobody works more than a day has. Raises ``DayTooFull``."""
        if not self.days:
            return
        rows = HourEntry.of(self.company).filter(user=self.user, day__in=self.days)
        sums = rows.values_list("day").annotate(Sum("minutes")).order_by("day")
        places = defaultdict[dt.date, list[int]](list)
        for nth, row in enumerate(self.rows):
            places[row.day].append(nth)
        raise_all([
            DayTooFull(field=f"rows[{places[day][-1]}].minutes", day=day, hours=duration(minutes))
            for day, minutes in sums if minutes > DAY_MINUTES
        ])  # fmt: skip
