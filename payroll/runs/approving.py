"""Approving a run (freigeben): what was seen is what is approved, by another person."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Max

from accounting.payments import four_eyes
from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.core import clock
from erp.core.errors import DomainError, raise_all
from payroll.runs.beginning import held_run
from payroll.runs.booking import lines_for
from payroll.runs.digest import changed_slips, digest_of_run
from payroll.runs.findings import in_words
from payroll.runs.models import PayrollRun, Payslip
from payroll.runs.refusals import (
    BeingCalculated,
    ContentChanged,
    NobodyToPay,
    NotCalculated,
    NotOpen,
    Stale,
    Stopped,
    Tampered,
)
from payroll.runs.simplified import require_total
from payroll.runs.staleness import require_fresh

Status = PayrollRun.Status
MOST_TOLD = 20


@transaction.atomic
def approve(run: PayrollRun, *, seen: str, by: User) -> PayrollRun:
    """Approve a calculated draft as it was seen: ``seen`` is its digest on the page.

    The approver is not who began or calculated it, unless one person alone works in the company or
    its settings ask for no other (kept on the run). Raises ``NotOpen``, ``BeingCalculated``,
    ``NotCalculated``, ``ContentChanged``, ``Stale``, ``NobodyToPay``, ``Stopped`` (several as
    ``Refusals``), ``SimplifiedTotalExceeded``, ``NeedsAnother``, or what ``setup.accounts`` says is
    missing for its entry.
    """
    held = held_run(run)
    if held.status != Status.DRAFT:
        raise NotOpen(month=str(held), status=held.get_status_display())
    require_calculated(held)
    if held.is_stale:
        raise Stale(month=str(held), people="")
    digest = digest_of_run(held)
    if seen != digest:
        raise ContentChanged
    slips = list(Payslip.of(held.company_id).filter(run=held).order_by("employee"))
    if not slips:
        raise NobodyToPay(month=str(held))
    require_free_of_stops(slips)
    if changed_slips(slips):
        raise Tampered(month=str(held))
    require_fresh(held, slips)
    require_total(held, slips)
    lines_for(held.company, [slip.content for slip in slips], date=held.date)  # accounts are there
    waiver = waiver_for(held, by=by)
    held.status, held.digest, held.waiver = Status.APPROVED, digest, waiver
    held.approved_at, held.approved_by = clock.now(), by
    held.save(update_fields=["status", "digest", "waiver", "approved_at", "approved_by"])
    trail.record(company=held.company, by=by, action="payroll_run.approve", subject=held,
                 details=trail.filled({"digest": digest, "waiver": waiver, "count": len(slips)}))  # fmt: skip
    return held


def require_calculated(held: PayrollRun) -> None:
    """Raises ``BeingCalculated`` or ``NotCalculated``."""
    if held.calculated_at is None:
        kind = BeingCalculated if held.turn else NotCalculated
        raise kind(month=str(held))


def require_free_of_stops(slips: list[Payslip]) -> None:
    """Raises ``Stopped`` for what somebody has to put right first."""
    faults = list[DomainError]()
    faults += [
        Stopped(person=slip.content.person.get("name", ""), reason=in_words(one))
        for slip in slips if slip.findings for one in slip.content.slip.findings if one.stops
    ][:MOST_TOLD]  # fmt: skip
    raise_all(faults)


#: What somebody does to wages: whoever did so since the last month needs another person. Calculating
#: is none of it: what counts is who calculated what stands in the run now.
_HANDS_ON: Final = (
    "employee.hire", "employee.return", "employee.leave", "employee.change_employment",
    "employee_fact.set", "employee_fact.correct", "employee_fact.remove",
    "employees.import", "movements.save", "movements.import", "payroll_run.begin",
    "payroll_run.correct",
)  # fmt: skip


def waiver_for(held: PayrollRun, *, by: User) -> str:
    """Why ``by`` may approve alone; blank where nothing in the run is theirs. Raises ``NeedsAnother``.

    Theirs is what they hired, changed or typed since the last month that was approved, and a run
    that they began, or of which they calculated what stands in it.
    """
    made = (held.created_by_id, held.calculated_by_id)
    involved = {pk for pk in made if pk is not None} | _calculated(held) | _hands_on(held, by)
    return four_eyes.waiver_for(held.company, by=by, involved=involved)


def _calculated(held: PayrollRun) -> set[int]:
    """Who calculated the run last as a whole, and who single people since."""
    done = AuditEvent.of(held.company_id).filter(
        action="payroll_run.calculate", subject=PayrollRun._meta.model_name, subject_id=held.pk
    )
    found: set[int] = set()
    for by, details in done.order_by("-pk").values_list("by_id", "details"):
        found.add(by)
        if "employee" not in details:
            break
    return found


def _hands_on(held: PayrollRun, by: User) -> set[int]:
    last = PayrollRun.of(held.company_id).filter(
        kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.BOOKED, month__lt=held.month
    ).aggregate(last=Max("approved_at"))["last"]  # fmt: skip
    done = AuditEvent.of(held.company_id).filter(by=by, action__in=_HANDS_ON)
    if last is not None:
        done = done.filter(at__gt=last)
    return {by.pk} if done.exists() else set()
