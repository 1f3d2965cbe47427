"""Fiscal years and period locks (Geschäftsjahre, Periodensperren)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import FiscalYear, JournalEntry, LedgerHead, Period, YearClosing
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError

LONGEST_DAYS = 366 * 2  # a first year may be long; the tax offices accept up to 23 months


class YearOverlaps(DomainError):
    code = "ledger.year_overlaps"
    message = _("%(start)s to %(end)s overlaps the fiscal year %(year)s. Choose other dates.")
    field = "start"


class YearNameTaken(DomainError):
    code = "ledger.year_name_taken"
    message = _("There is a fiscal year named “%(name)s” already. Choose another name.")
    field = "name"


class YearTooLong(DomainError):
    code = "ledger.year_length"
    message = _("A fiscal year ends after it starts and lasts two years at most; this one has "
                "%(days)s days.")  # fmt: skip
    field = "end"


class YearOutOfRange(DomainError):
    code = "ledger.year_out_of_range"
    message = _("A fiscal year lies between %(first)s and %(last)s. Check the dates.")
    field = "start"


class YearBeforeLocked(DomainError):
    code = "ledger.year_before_locked"
    message = _("The period from %(locked)s is locked; entries of an earlier year would change its "
                "balances. Open that period first.")  # fmt: skip
    field = "start"
    conflict = True


class YearNotEmpty(DomainError):
    code = "ledger.year_not_empty"
    message = _("The fiscal year %(year)s has entries; it can no longer be changed or deleted.")
    field = "fiscal_year"
    conflict = True


class YearPlanned(DomainError):
    code = "ledger.year_planned"
    message = _("The fiscal year %(year)s has a budget. Delete the budget first.")
    field = "fiscal_year"
    conflict = True


class YearIsClosed(DomainError):
    code = "ledger.year_closed"
    message = _("The fiscal year %(year)s is closed. Reopen it under Year-end first.")
    field = "lock"
    conflict = True


class DraftsInPeriod(DomainError):
    code = "ledger.drafts_in_period"
    message = _("%(count)s drafts lie in this period. Post or delete them before you lock it.")
    field = "lock"
    conflict = True


@transaction.atomic
def open_fiscal_year(
    *, company: Company, start: dt.date, end: dt.date, by: User, name: str = ""
) -> FiscalYear:
    """Open a fiscal year of any start and length, with one period per calendar month.

    ``end`` is its last day. Balances are carried forward by themselves, as reports read what was
    posted before. Raises ``YearOverlaps``, ``YearNameTaken`` or ``YearTooLong``.
    """
    if start.year not in clock.YEARS or end.year not in clock.YEARS:
        raise YearOutOfRange(first=clock.YEARS[0], last=clock.YEARS[-1])
    days = (end - start).days + 1
    if not 2 <= days <= LONGEST_DAYS:
        raise YearTooLong(days=days)
    other = FiscalYear.of(company).filter(start__lte=end, end__gte=start).first()
    if other is not None:
        raise YearOverlaps(start=start, end=end, year=other)
    locked = Period.of(company).filter(lock=Period.Lock.LOCKED, start__gt=end).order_by("start")
    if later := locked.first():
        raise YearBeforeLocked(locked=later.start)
    name = name or (f"{start:%Y}" if start.year == end.year else f"{start:%Y}/{end:%y}")
    if FiscalYear.of(company).filter(name=name).exists():
        raise YearNameTaken(name=name)
    year = FiscalYear.unscoped.create(company=company, name=name, start=start, end=end)
    Period.unscoped.bulk_create(
        Period(company=company, fiscal_year=year, start=first, end=last)
        for first, last in months(start, end)
    )
    trail.record(company=company, by=by, action="year.open", subject=year,
                 details={"name": name, "start": start, "end": end})  # fmt: skip
    return year


@transaction.atomic
def lock_period(*, company: Company, period: Period, lock: str, by: User, reason: str = "") -> None:
    """Lock or reopen a period (Periode sperren, öffnen). Postings under way are waited for.

    Raises ``DraftsInPeriod`` when a period with drafts is to be locked, ``YearIsClosed`` when one of
    a closed year is to be opened.
    """
    hold_chain(company)
    current = Period.of(company).select_for_update().get(pk=period.pk)
    if lock != Period.Lock.LOCKED:
        require_not_closed(company, current.fiscal_year_id)
    drafts = JournalEntry.of(company).filter(number=None, date__range=(current.start, current.end))
    if lock == Period.Lock.LOCKED and (count := drafts.count()):
        raise DraftsInPeriod(count=count)
    if current.lock == lock:
        return
    trail.record(
        company=company, by=by, action="period.lock", subject=current,
        details={"lock": [current.lock, lock], "start": current.start, "end": current.end,
                 "reason": reason},
    )  # fmt: skip
    current.lock = lock
    current.save(update_fields=["lock"])


@transaction.atomic
def delete_fiscal_year(*, company: Company, year: FiscalYear, by: User) -> None:
    """Delete a fiscal year opened by mistake.

    Raises ``YearNotEmpty``, ``YearPlanned`` or ``YearIsClosed``.
    """
    year = FiscalYear.of(company).select_for_update().get(pk=year.pk)
    require_not_closed(company, year.pk, ever=True)
    if JournalEntry.of(company).filter(fiscal_year=year).exists():
        raise YearNotEmpty(year=year)
    trail.record(company=company, by=by, action="year.delete", subject=year,
                 details=trail.values(year, "name", "start", "end"))  # fmt: skip
    year.periods.all().delete()
    try:
        year.delete()
    except ProtectedError:
        raise YearPlanned(year=year) from None


def require_not_closed(company: Company, year: int, *, ever: bool = False) -> None:
    """Raises ``YearIsClosed`` where a fiscal year (its id) is closed; with ``ever`` where it ever was."""
    closings = YearClosing.of(company) if ever else YearClosing.standing(company)
    if found := closings.filter(fiscal_year=year).select_related("fiscal_year").first():
        raise YearIsClosed(year=found.fiscal_year)


def hold_chain(company: Company) -> int:
    """Take the head of the chain before the period, as every posting does: no deadlock.

    Returns the place of the last entry.
    """
    heads = LedgerHead.of(company).select_for_update().values_list("position", flat=True)
    found = heads.first()
    if found is None:
        LedgerHead.unscoped.bulk_create([LedgerHead(company=company)], ignore_conflicts=True)
        found = heads.get()
    return int(found)


def following_year(company: Company) -> tuple[dt.date, dt.date]:
    """First and last day of the year to open next: twelve months after the last one."""
    last = FiscalYear.of(company).order_by("-end").first()
    if last is None:
        start = dt.date(clock.today().year, company.fiscal_year_start, 1)
    else:
        start = last.end + dt.timedelta(days=1)
    after = [first for first, _last in months(start, start + dt.timedelta(days=400))][12]
    return start, after - dt.timedelta(days=1)


def months(start: dt.date, end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The calendar months from ``start`` to ``end``, the first and last cut to fit."""
    first = start
    while first <= end:
        following = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield first, min(end, following - dt.timedelta(days=1))
        first = following
