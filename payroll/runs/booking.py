"""Posting a run (Lohnlauf verbuchen): one entry, gap-free numbers; undoing it while nothing depends on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.ledger import posting
from accounting.ledger.lines import Line
from accounting.ledger.models import CostCentre, JournalEntry
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, crashpoints
from payroll.runs import delivering
from payroll.runs.beginning import held_run, hold_company
from payroll.runs.correcting import drop_advances, take_back_advances
from payroll.runs.digest import changed_slips, digest_of_run
from payroll.runs.entries import Entry, entry_of
from payroll.runs.models import PayrollRun, Payslip, SlipContent, WageOrder
from payroll.runs.refusals import (
    CorrectionOpen,
    NotApproved,
    NothingToPay,
    NotPosted,
    NotTheLast,
    PaidAlready,
    ReasonMissing,
    ReversedElsewhere,
    Tampered,
)
from payroll.runs.staleness import require_fresh
from payroll.setup.accounts import plan_of
from payroll.setup.settings import settings_of

OWNER = "payroll"
Status = PayrollRun.Status


@transaction.atomic
def post(run: PayrollRun, *, by: User, date: dt.date | None = None) -> PayrollRun:
    """Post an approved run by one entry through the clearing account, and freeze it with its slips.

    ``date`` is another booking date than the run's, where its period is locked. The totals by wage type
    are the entry's voucher; neither names a person. Raises ``NotApproved``, ``Tampered``, ``Stale``,
    ``DoesNotAddUp``, what ``setup.accounts`` says is missing, or what the ledger raises.
    """
    hold_company(run.company)
    held = held_run(run)
    if held.status != Status.APPROVED:
        raise NotApproved(month=str(held), status=held.get_status_display())
    slips = list(Payslip.of(held.company_id).filter(run=held).defer("paper").order_by("employee"))
    if digest_of_run(held) != held.digest or changed_slips(slips):
        raise Tampered(month=str(held))
    require_fresh(held, slips)
    contents = [slip.content for slip in slips]
    held.date = date or held.date
    entry, lines = lines_for(held.company, contents, date=held.date)
    if len(lines) < 2:
        raise NothingToPay(month=str(held))
    last = PayrollRun.of(held.company_id).aggregate(last=Max("number"))["last"] or 0
    held.number = last + 1
    held.entry = posting.post(
        company=held.company, date=held.date, text=_text(held), lines=lines, by=by,
        voucher=f"LL-{held.number}", source=JournalEntry.Source.PAYROLL,
        source_key=f"payroll:{held.pk}", owner=OWNER,
    )  # fmt: skip
    held.status = Status.POSTED if entry.paid > 0 else Status.PAID
    held.save(update_fields=["number", "date", "entry", "status"])
    trail.record(company=held.company, by=by, action="payroll_run.post", subject=held,
                 details={"number": held.number, "entry": held.entry.number, "count": len(slips)})  # fmt: skip
    if held.is_correction:
        take_back_advances(held, by=by)
    crashpoints.reach("payroll.posted")
    return held


def lines_for(
    company: Company, contents: Sequence[SlipContent], *, date: dt.date
) -> tuple[Entry, list[Line]]:
    """The entry that slips make, as it would be posted on a day. Raises what is missing."""
    settings = settings_of(company)
    by_centre = settings.by_cost_centre and company.uses("costs")
    entry = entry_of(contents, plan_of(company, date), by_centre=by_centre)
    centres = CostCentre.of(company) if by_centre else ()
    return entry, entry.lines({one.number: one for one in centres})


def _text(held: PayrollRun) -> str:
    """What the entry is called, in the company's language; nobody is named."""
    with override(held.company.language):
        told = _("Correction of wages %(month)s") if held.is_correction else _("Wages %(month)s")
        return told % {"month": str(held)}


@transaction.atomic
def undo(run: PayrollRun, *, reason: str, by: User, date: dt.date | None = None) -> PayrollRun:
    """Take a posted run back (stornieren): its entry is reversed, and the month can be run anew.

    Only the run that was posted last, and of which nothing is at the bank. ``date`` is that of the
    reversal, the run's without. Raises ``ReasonMissing``, ``NotPosted``, ``PaidAlready``, ``NotTheLast``,
    ``CorrectionOpen`` or what the ledger raises.
    """
    if not reason.strip():
        raise ReasonMissing
    hold_company(run.company)
    held = held_run(run)
    if not held.is_booked or held.entry is None:
        raise NotPosted(month=str(held), status=held.get_status_display())
    orders = WageOrder.of(held.company_id).filter(run=held)
    if orders.filter(Q(recalled_at=None) | Q(booked_entry__isnull=False)).exists():
        raise PaidAlready(month=str(held))
    later = PayrollRun.of(held.company_id).filter(
        number__gt=held.number, status__in=PayrollRun.BOOKED
    )
    found = later.order_by("number").first()
    if found is not None:
        raise NotTheLast(number=found.number)
    if PayrollRun.of(held.company_id).filter(
        kind=PayrollRun.Kind.CORRECTION, status__in=[Status.DRAFT, Status.APPROVED],
        month__lte=held.month, month__year=held.month.year,
    ).exists():  # fmt: skip
        raise CorrectionOpen(month=str(held))
    if held.is_correction:
        drop_advances(held, by=by)
    if held.status == Status.PAID:  # there was nothing to pay
        PayrollRun.of(held.company_id).filter(pk=held.pk).update(status=Status.POSTED)
    mirror = posting.reverse(held.entry, date=date or held.date, by=by, owner=OWNER)
    held.status, held.reason = Status.CANCELLED, reason.strip()[:200]
    held.cancelled_at, held.cancelled_by = clock.now(), by
    held.save(update_fields=["status", "reason", "cancelled_at", "cancelled_by"])
    delivering.hold_back(held, by=by)
    trail.record(company=held.company, by=by, action="payroll_run.undo", subject=held,
                 details={"number": held.number, "entry": mirror.number, "reason": held.reason})  # fmt: skip
    return held


def require_own(entry: JournalEntry, owner: str) -> None:
    """What was posted by a run is undone there. Raises ``ReversedElsewhere``.

    Entries of rooms above have keys of their own, and say themselves how they are undone.
    """
    others = entry.source_key and not entry.source_key.startswith(f"{OWNER}:")
    if entry.source == JournalEntry.Source.PAYROLL and owner != OWNER and not others:
        raise ReversedElsewhere(number=entry.number)
