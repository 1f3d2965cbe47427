"""What the trail tells of how a company was set up (Änderungen der Einrichtung).

Which acts change how the books are kept says ``data/setting_acts.csv``: nouns of the trail's actions. Daily
work, such as entries, invoices and payments, is none of it.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.db.models import Q

from accounting.ledger.models import FiscalYear
from erp.audit.labels import ACTIONS
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core import clock

DATA: Final = Path(__file__).parent / "data"
MOST: Final = 300  # events of a span that are told one by one, the last of them; the trail has all
_ROLES: Final = ("member.grant", "member.withdraw", "member.remove")
_COMPANY: Final = ("company.found", "company.change")


@cache
def setting_acts() -> frozenset[str]:
    """The actions that change how the books are kept."""
    with (DATA / "setting_acts.csv").open(encoding="utf-8", newline="") as file:
        nouns = {row["noun"]: frozenset(row["but"].split()) for row in csv.DictReader(file)}
    return frozenset(
        action for action in ACTIONS
        if (noun := action.partition(".")[0]) in nouns
        and action.partition(".")[2] not in nouns[noun]
    )  # fmt: skip


@dataclass(frozen=True)
class Switch:
    """A module that was switched on or off."""

    module: str
    on: bool
    at: dt.datetime


@dataclass(frozen=True)
class Holding:
    """That somebody held a role: since when, None where the trail does not tell; until, None where still."""

    user: int
    role: str
    since: dt.datetime | None
    until: dt.datetime | None

    def within(self, begins: dt.datetime, ends: dt.datetime) -> bool:
        return (self.since is None or self.since < ends) and (
            self.until is None or self.until >= begins
        )


@dataclass(frozen=True)
class Span:
    """What happened last in a span of time, the oldest first; ``more`` came before ``events``."""

    events: list[AuditEvent]
    more: int


@dataclass(frozen=True)
class Happened:
    """What became of modules and roles ever, and of all settings in the year and after it."""

    switches: list[Switch]
    holdings: list[Holding]
    four_eyes_at: dt.datetime | None
    in_year: Span
    after: Span


def happened(
    company: Company, year: FiscalYear, held: Sequence[tuple[int, str]], at: dt.datetime
) -> Happened:
    """What the trail tells until ``at``, of a company whose roles ``held`` are those of now.

    Five queries, whatever happened.
    """
    begins, ends = clock.starts(year.start), clock.starts(year.end + dt.timedelta(days=1))
    known = list(
        AuditEvent.of(company)
        .filter(Q(action__in=_ROLES) | Q(action__in=_COMPANY, details__has_key="modules")
                | Q(action__startswith="payment_settings.switch"), at__lte=at)
        .order_by("pk")
    )  # fmt: skip
    eyes = [event.at for event in known if event.action.startswith("payment_settings.")]
    return Happened(
        _switches(known), _holdings(known, held), eyes[-1] if eyes else None,
        _span(company, begins, min(ends, at)), _span(company, ends, at),
    )  # fmt: skip


def modules_ever(company: Company) -> frozenset[str]:
    """The modules that are on, or were at some time, as the trail tells; one query."""
    told = AuditEvent.of(company).filter(action__in=_COMPANY, details__has_key="modules")
    found = set(company.modules)
    for one in told.values_list("details__modules", flat=True):
        for part in one:  # a list of modules, or the one before and the one after
            found.update([part] if isinstance(part, str) else part or ())
    return frozenset(found)


def _span(company: Company, since: dt.datetime, until: dt.datetime) -> Span:
    rows = AuditEvent.of(company).filter(action__in=setting_acts(), at__gte=since, at__lt=until)
    found = list(rows.select_related("by").order_by("-pk")[: MOST + 1])
    more = rows.count() - MOST if len(found) > MOST else 0
    return Span(found[:MOST][::-1], more)


def _switches(events: Sequence[AuditEvent]) -> list[Switch]:
    found = []
    for event in events:
        told = event.details.get("modules")
        if event.action not in _COMPANY or not isinstance(told, list):
            continue
        pair = told if event.action == "company.change" else [[], told]
        before, after = (set(one or ()) for one in pair)
        found += [Switch(module, True, event.at) for module in sorted(after - before)]
        found += [Switch(module, False, event.at) for module in sorted(before - after)]
    return found


def _holdings(events: Sequence[AuditEvent], held: Sequence[tuple[int, str]]) -> list[Holding]:
    """Who held which role from when until when; what is held now ends with nothing.

    A role that was taken without having been given stood before the trail tells of it; one that is held
    though the trail has it taken was given where the trail does not tell.
    """
    given: dict[tuple[int, str], dt.datetime] = {}
    done: list[Holding] = []
    ended: dict[tuple[int, str], bool] = defaultdict(bool)
    for event in events:
        if event.action not in _ROLES or event.subject_id is None:
            continue
        if event.action == "member.grant":
            given.setdefault((event.subject_id, event.details["role"]), event.at)
            continue
        taken = (event.details["roles"][0] if event.action == "member.remove"
                 else [event.details["role"]])  # fmt: skip
        for role in taken:
            key = event.subject_id, role
            done.append(Holding(*key, given.pop(key, None), event.at))
            ended[key] = True
    return done + [Holding(*key, given.get(key), None) for key in held]
