"""Closing and reopening a fiscal year (Geschäftsjahr abschliessen, wieder öffnen).

No entry is written: the result is what income and expense leave. It stands on the account for the
result of the year, and from the first day of the next on that for the result carried forward.
Closing locks all periods and keeps the figures with their digest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from accounting.closing.appropriating import UsedAlready, hold_uses, used_of
from accounting.closing.asking import Standing, standing_of, standings
from accounting.closing.errors import (
    AlreadyClosed,
    CheckBlocks,
    CheckOpen,
    LaterYearClosed,
    NotClosed,
    ReasonMissing,
)
from accounting.closing.freezing import frozen
from accounting.closing.paper import paper_of
from accounting.ledger import years
from accounting.ledger.models import FiscalYear, JournalEntry, LedgerHead, Period, YearClosing
from accounting.ledger.year_end import State
from accounting.ledger.year_end_checks import YEAR_BEFORE
from accounting.ledger.years import DraftsInPeriod
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, crashpoints
from erp.core.errors import DomainError, raise_all

#: Who hears that a year was closed, in the same transaction: the closing and by whom.
after_closing: Final[list[Callable[[YearClosing, User], None]]] = []


@transaction.atomic
def close_year(*, company: Company, year: FiscalYear, by: User) -> YearClosing:
    """Close a fiscal year (abschliessen): its result is carried, its periods are locked for good.

    The checks are asked before anything is held, so that others go on posting meanwhile, and again
    where they did. Postings under way are waited for; those that come later find the periods locked.
    Raises ``AlreadyClosed``, or what is in the way as ``CheckBlocks`` and ``CheckOpen``, all at once.
    """
    seen = head_of(company)
    found = standings(company, year)
    require_ready(found)
    return close_checked(company=company, year=year, by=by, found=found, seen=seen)


@transaction.atomic
def close_checked(
    *, company: Company, year: FiscalYear, by: User, found: list[Standing], seen: int
) -> YearClosing:
    """As ``close_year``, of a year whose checks ``found`` nothing when ``seen`` was the last entry.

    All that is held back of others is held here: the cost follows the accounts, not the lines.
    """
    head = years.hold_chain(company)
    closings = dict(
        YearClosing.of(company).filter(fiscal_year=year).values_list("nth", "reopened_at")
    )
    if None in closings.values():
        raise AlreadyClosed(year=year)
    if head != seen:
        found = standings(company, year)
        require_ready(found)
    else:  # reopening the year before posts nothing, so the head does not tell of it
        require_ready([standing_of(company, year, YEAR_BEFORE)])
    drafts = JournalEntry.of(company).filter(number=None, date__range=(year.start, year.end))
    if count := drafts.count():
        raise DraftsInPeriod(count=count)
    crashpoints.reach("closing.held")
    Period.of(company).filter(fiscal_year=year).update(lock=Period.Lock.LOCKED)
    paper = paper_of(company, year)
    figures = frozen(company, year, paper.chart)
    closing: YearClosing = YearClosing.unscoped.create(
        company=company, fiscal_year=year, position=head, result=figures.result,
        nth=len(closings) + 1, carried=figures.carried, figures=figures.rows,
        digest=figures.digest, findings=[one.told() for one in found],
        paper=paper.told(), closed_at=clock.now(), closed_by=by,
    )  # fmt: skip
    crashpoints.reach("closing.closed")
    trail.record(
        company=company, by=by, action="year.close", subject=year,
        details={"name": year.name, "nth": closing.nth, "result": closing.result,
                 "carried": closing.carried, "digest": closing.digest, "position": head},
    )  # fmt: skip
    for hear in after_closing:
        hear(closing, by)
    return closing


@transaction.atomic
def reopen_year(*, company: Company, year: FiscalYear, by: User, reason: str) -> YearClosing:
    """Take a closing back (wieder öffnen), with a reason: the periods are open for closing only.

    What was closed stays, and the next closing shows what has changed. Raises ``NotClosed``,
    ``ReasonMissing``, ``LaterYearClosed`` where a later year stands on it, or ``UsedAlready`` where
    the general meeting decided on its profit.
    """
    if not reason.strip():
        raise ReasonMissing
    hold_uses(company)
    years.hold_chain(company)
    closing = YearClosing.standing(company).select_for_update().filter(fiscal_year=year).first()
    if closing is None:
        raise NotClosed(year=year)
    later = YearClosing.standing(company).filter(fiscal_year__start__gt=year.end)
    if one := later.select_related("fiscal_year").order_by("-fiscal_year__start").first():
        raise LaterYearClosed(later=one.fiscal_year, year=year)
    if used_of(company, year) is not None:
        raise UsedAlready(year=year)
    closing.reopened_at, closing.reopened_by, closing.reason = clock.now(), by, reason.strip()[:500]
    closing.save(update_fields=["reopened_at", "reopened_by", "reason"])
    for period in Period.of(company).filter(fiscal_year=year).order_by("start"):
        years.lock_period(company=company, period=period, lock=Period.Lock.CLOSING, by=by,
                          reason=closing.reason)  # fmt: skip
    trail.record(company=company, by=by, action="year.reopen", subject=year,
                 details={"name": year.name, "nth": closing.nth, "reason": closing.reason})  # fmt: skip
    return closing


def require_ready(found: list[Standing]) -> None:
    """Raises ``Refusals`` with all that is in the way, or the one there is."""
    refusals: list[DomainError] = []
    for one in found:
        if one.state == State.BLOCKING:
            refusals.append(CheckBlocks(check=one.check.title, reason=one.finding.reason))
        elif one.state == State.OPEN:
            refusals.append(CheckOpen(check=one.check.title, reason=one.finding.reason))
    raise_all(refusals)


def require_open(company: Company, year: FiscalYear) -> None:
    """Raises ``AlreadyClosed``."""
    if YearClosing.standing(company).filter(fiscal_year=year).exists():
        raise AlreadyClosed(year=year)


def head_of(company: Company) -> int:
    """The place of the last entry in the chain."""
    found = LedgerHead.of(company).values_list("position", flat=True).first()
    return int(found or 0)
