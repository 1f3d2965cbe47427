"""Beginning a run (Lohnlauf eröffnen), changing its days, and cancelling it before it is posted."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q

from accounting.ledger import posting
from accounting.payments.bank_days import is_bank_day
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from payroll.runs.models import PayrollRun, Payslip
from payroll.runs.refusals import (
    BadDay,
    EarlierOpen,
    MonthGone,
    NotOpen,
    NotSetUp,
    ReasonMissing,
    RunExists,
)
from payroll.setup.models import PayrollSettings
from payroll.wages.spans import month_end

Kind, Status = PayrollRun.Kind, PayrollRun.Status


@transaction.atomic
def begin(
    *, company: Company, month: dt.date, by: User, date: dt.date | None = None,
    pay_date: dt.date | None = None,
) -> PayrollRun:  # fmt: skip
    """Begin the run of a month; ``month`` is any day of it. Nothing is calculated yet.

    ``date`` is the booking date, the last day of the month without; ``pay_date`` the day of payment of
    the settings, or the bank day before it. Raises ``NotSetUp``, ``RunExists``, ``MonthGone``,
    ``EarlierOpen``, ``BadDay``, ``NoOpenYear`` or ``PeriodLocked``.
    """
    month = month.replace(day=1)
    settings = PayrollSettings.of(company).first()
    if settings is None:
        raise NotSetUp
    hold_company(company)
    _require_turn(company, month)
    date = date or month_end(month)
    pay_date = pay_date or pay_day(month, settings.pay_day)
    require_days(month, date, pay_date)
    posting.open_year(company, date)
    run: PayrollRun = PayrollRun.unscoped.create(
        company=company, month=month, date=date, pay_date=pay_date, created_at=clock.now(),
        created_by=by,
    )  # fmt: skip
    trail.record(company=company, by=by, action="payroll_run.begin", subject=run,
                 details={"month": month, "date": date, "pay_date": pay_date})  # fmt: skip
    return run


def _require_turn(company: Company, month: dt.date) -> None:
    """One run of a month, and months one after the other."""
    rows = PayrollRun.of(company).filter(kind=Kind.REGULAR).exclude(status=Status.CANCELLED)
    if rows.filter(month=month).exists():
        raise RunExists(month=named(month))
    last = rows.filter(status__in=PayrollRun.BOOKED).order_by("-month").first()
    if last is not None and month < last.month:
        raise MonthGone(month=named(month), last=named(last.month))
    earlier = rows.filter(status__in=PayrollRun.OPEN, month__lt=month).order_by("month").first()
    if earlier is not None:
        raise EarlierOpen(month=named(earlier.month))


def named(month: dt.date) -> str:
    """A month as refusals name it: 03.2026."""
    return f"{month:%m.%Y}"


def pay_day(month: dt.date, day: int) -> dt.date:
    """The day of payment in a month: that day or the month's last, and the bank day before it."""
    found = month.replace(day=min(day, month_end(month).day))
    while not is_bank_day(found, "CHF"):
        found -= dt.timedelta(days=1)
    return found


def require_days(month: dt.date, date: dt.date, pay_date: dt.date) -> None:
    """Raises ``BadDay`` for a booking date or a day of payment before the month."""
    if date < month:
        raise BadDay(field="date", value=date, month=named(month))
    if pay_date < month:
        raise BadDay(field="pay_date", value=pay_date, month=named(month))


def hold_company(company: Company) -> None:
    """Let no two people begin or post runs of a company at once; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))",
                       [f"payroll:{company.pk}"])  # fmt: skip


# --- changes ----------------------------------------------------------------------------------------
def held_run(run: PayrollRun) -> PayrollRun:
    """A run as it is now, held until the transaction ends."""
    rows = PayrollRun.of(run.company_id)
    rows.select_for_update(of=("self",)).get(pk=run.pk)
    found: PayrollRun = rows.select_related(
        "company",
        "entry__company",
        "corrects",
        "bank_account__account",
        "created_by",
        "approved_by",
    ).get(pk=run.pk)
    return found


def shared_run(run: PayrollRun) -> PayrollRun:
    """A run as it is now, that others may work on as well, and nobody change until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM payroll_payrollrun WHERE id = %s FOR SHARE", [run.pk])
    found: PayrollRun = PayrollRun.of(run.company_id).select_related("company").get(pk=run.pk)
    return found


def editing(run: PayrollRun, *, by: User) -> PayrollRun:
    """A run that may be changed: an approval is gone with the change. Raises ``NotOpen``."""
    held = held_run(run)
    if not held.is_open:
        raise NotOpen(month=str(held), status=held.get_status_display())
    if held.status == Status.APPROVED:
        void(held, by)
    return held


def void(held: PayrollRun, by: User) -> None:
    """Take the approval off a run that is held."""
    was = held.digest
    held.status, held.digest, held.waiver = Status.DRAFT, "", ""
    held.approved_at = held.approved_by = None
    held.save(update_fields=["status", "digest", "waiver", "approved_at", "approved_by"])
    trail.record(company=held.company, by=by, action="payroll_run.reopen", subject=held,
                 details={"digest": was})  # fmt: skip


@transaction.atomic
def set_days(run: PayrollRun, *, by: User, date: dt.date, pay_date: dt.date) -> PayrollRun:
    """Book and pay on other days. An approval is void. Raises ``NotOpen``, ``BadDay`` or what the
    ledger says of the day."""
    held = editing(run, by=by)
    require_days(held.month, date, pay_date)
    posting.open_year(held.company, date)
    before = trail.values(held, "date", "pay_date")
    held.date, held.pay_date = date, pay_date
    held.save(update_fields=["date", "pay_date"])
    changed = trail.changes(before, trail.values(held, "date", "pay_date"))
    trail.record(
        company=held.company, by=by, action="payroll_run.change", subject=held, details=changed
    )
    return held


@transaction.atomic
def reopen(run: PayrollRun, *, by: User) -> PayrollRun:
    """Take an approval back; the run is a draft again. Raises ``NotOpen``."""
    return editing(run, by=by)


@transaction.atomic
def cancel(run: PayrollRun, *, reason: str, by: User) -> PayrollRun:
    """Cancel a run that is not posted; its slips go, what was typed for the month stays.

    Raises ``ReasonMissing`` or ``NotOpen``.
    """
    if not reason.strip():
        raise ReasonMissing
    held = editing(run, by=by)
    Payslip.of(held.company_id).filter(run=held).delete()
    held.status, held.reason, held.calculated_at = Status.CANCELLED, reason.strip()[:200], None
    held.turn += 1
    held.cancelled_at, held.cancelled_by = clock.now(), by
    held.save(update_fields=["status", "reason", "calculated_at", "turn", "cancelled_at",
                             "cancelled_by"])  # fmt: skip
    trail.record(company=held.company, by=by, action="payroll_run.cancel", subject=held,
                 details={"reason": held.reason})  # fmt: skip
    return held


def mark_stale(company: Company, month: dt.date, *, by: User) -> None:
    """What the run of a month is reckoned from has changed: it must be calculated and approved anew.

    Of a posted month nothing happens, unless a correction is open: else the next one will find it. The
    same of a run that was posted or cancelled while this waited for it.
    """
    regular = Q(kind=Kind.REGULAR, month=month)
    correcting = Q(kind=Kind.CORRECTION, month__year=month.year, month__lte=month)
    rows = PayrollRun.of(company).filter(regular | correcting, status__in=PayrollRun.OPEN)
    for run in rows.order_by("pk"):
        held = held_run(run)
        if not held.is_open:
            continue
        if held.status == Status.APPROVED:
            void(held, by)
        if not held.is_stale and held.turn:
            held.is_stale = True
            held.save(update_fields=["is_stale"])
