"""Calculating a run (Lohnlauf rechnen): many people in one step, or one person alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import msgspec
from django.db import transaction
from msgspec.structs import replace

from erp.access.models import User
from erp.audit import trail
from erp.core import clock, crashpoints
from erp.core.bulk import among, update_rows
from erp.core.memory import not_collecting
from payroll.employees import people
from payroll.runs.beginning import editing, held_run, shared_run
from payroll.runs.digest import digest_of
from payroll.runs.findings import IBAN_TWICE, accounts_abroad, jump_of, sharing
from payroll.runs.gathering import Gathered, Shelf, gather
from payroll.runs.keeping import NOTHING, Before, Reckoned, before, content_of, glance, write
from payroll.runs.models import MonthlyMovement, PayrollRun, Payslip, SlipContent
from payroll.runs.refusals import NobodyToPay, NotOpen
from payroll.runs.staleness import stale_people
from payroll.setup.models import PayrollSettings
from payroll.wages.calculating import calculate
from payroll.wages.spans import month_end

AT_ONCE: Final = 500  # people of a step
Status = PayrollRun.Status


@dataclass
class Turn:
    """A calculation under way: which run, the how-manieth, and what is looked up once for all of it."""

    run: int
    number: int
    shelf: Shelf = field(default_factory=Shelf)
    sharing: frozenset[int] | None = None  # who is paid to an account that somebody else is paid to

    def sharing_of(self, run: PayrollRun) -> frozenset[int]:
        """Who of a run's people is paid to another one's account: asked for once."""
        if self.sharing is None:
            self.sharing = sharing_people(run)
        return self.sharing


@transaction.atomic
def start_turn(run: PayrollRun, *, by: User, parts: int = 1) -> PayrollRun:
    """Begin to calculate all of a run: what another calculation still writes counts no more.

    ``parts`` are the workers that share the people among them. An approval is void, and the run cannot
    be approved until each part has ended. Raises ``NotOpen`` or ``NobodyToPay``.
    """
    held = editing(run, by=by)
    if held.is_correction:
        raise NotOpen(month=str(held), status=held.get_kind_display())
    if not employed_ids(held):
        raise NobodyToPay(month=str(held))
    held.turn += 1
    held.parts_left = parts
    held.calculated_at, held.calculated_by, held.is_stale = None, by, False
    held.save(update_fields=["turn", "parts_left", "calculated_at", "calculated_by", "is_stale"])
    trail.record(company=held.company, by=by, action="payroll_run.calculate", subject=held,
                 details={"turn": held.turn})  # fmt: skip
    return held


def employed_ids(run: PayrollRun) -> list[int]:
    """Who belongs into a run, by id: employed on a day of the month, or something is typed for them."""
    employed = people.employed_ids(run.company, run.month, month_end(run.month))
    typed = MonthlyMovement.of(run.company_id).filter(month=run.month)
    return sorted(
        {row["employee"] for row in employed} | set(typed.values_list("employee", flat=True))
    )


@transaction.atomic
def calculate_some(run: PayrollRun, employees: Sequence[int], *, turn: Turn) -> bool:
    """Calculate some people's slips and keep them in place of those they had; False if overtaken.

    Several may calculate a run at once, each its own people; nobody approves it meanwhile. As many
    queries for five hundred people as for one.
    """
    held = shared_run(run)
    if held.status != Status.DRAFT or held.turn != turn.number:
        return False
    with not_collecting():
        write(held, reckon(held, employees, turn=turn))
    crashpoints.reach("payroll.reckoned")
    return True


def reckon(run: PayrollRun, employees: Collection[int], *, turn: Turn) -> Iterator[Reckoned]:
    """Slips as today's data give them, one after the other; nothing is written."""
    told, limit = before(run, employees), jump_percent(run)
    shared = turn.sharing_of(run)
    for one in gather(run, only=employees, carried=told, shelf=turn.shelf):
        last = told.get(one.employee, NOTHING)
        yield Reckoned(one.employee, _content(one, last, limit, one.employee in shared))


def sharing_people(run: PayrollRun) -> frozenset[int]:
    """Who of a run's people is paid to an account that somebody else of them is paid to: two queries."""
    on = month_end(run.month)
    return sharing(people.accounts_of(run.company, employed_ids(run), on))


def jump_percent(run: PayrollRun) -> Decimal:
    settings = PayrollSettings.of(run.company_id).first() or PayrollSettings()
    return settings.jump_percent


def _content(one: Gathered, told: Before, limit: Decimal, is_sharing: bool) -> SlipContent:
    slip = calculate(one.given)
    findings = (*one.findings, *accounts_abroad(one.shares, one.home), *slip.findings,
                *jump_of(slip, told.slip, limit), *([IBAN_TWICE] if is_sharing else []))  # fmt: skip
    slip = replace(slip, findings=findings)
    return content_of(one.given, slip, language=one.language, person=one.person,
                      payout=one.payout_of(slip.payout), leave=one.leave)  # fmt: skip


@transaction.atomic
def end_turn(run: PayrollRun, *, turn: int, by: User) -> bool:
    """Note that a part is calculated; with the last one the run is. False if overtaken."""
    held = held_run(run)
    if held.status != Status.DRAFT or held.turn != turn:
        return False
    held.parts_left = max(0, held.parts_left - 1)
    held.save(update_fields=["parts_left"])
    if held.parts_left:
        return True
    gone = Payslip.of(held.company_id).filter(run=held)
    gone = gone.exclude(employee__in=among(employed_ids(held)))
    gone._raw_delete(gone.db)  # type: ignore[attr-defined]
    held.calculated_at = clock.now()
    held.save(update_fields=["calculated_at"])
    return True


def note_shared_accounts(held: PayrollRun, shared: frozenset[int]) -> None:
    """Tell on others' slips, too, what one person's account has changed: two queries."""
    changed = []
    for slip in Payslip.of(held.company_id).filter(run=held).defer("paper"):
        found = glance(slip).slip.findings
        wanted = tuple(one for one in found if one.code != IBAN_TWICE.code)
        if slip.employee_id in shared:
            wanted = (*wanted, IBAN_TWICE)
        if wanted != found:
            told = replace(slip.content.slip, findings=wanted)
            slip.content = msgspec.structs.replace(slip.content, slip=told)
            slip.digest = digest_of(slip.content)
            changed.append(slip)
    if changed:
        update_rows(Payslip, changed, ["content", "digest"])


@transaction.atomic
def calculate_one(run: PayrollRun, *, employee: int, by: User) -> PayrollRun:
    """Calculate one person anew, at once. An approval is void. Raises ``NotOpen``."""
    held = editing(run, by=by)
    if held.is_correction:
        raise NotOpen(month=str(held), status=held.get_status_display())
    turn = Turn(held.pk, held.turn)
    calculate_some(held, [employee], turn=turn)
    note_shared_accounts(held, turn.sharing_of(held))
    held.calculated_by = by
    if held.is_stale and held.calculated_at is not None:
        slips = list(Payslip.of(held.company_id).filter(run=held).defer("paper"))
        held.is_stale = bool(stale_people(held, slips))
    held.save(update_fields=["calculated_by", "is_stale"])
    trail.record(company=held.company, by=by, action="payroll_run.calculate", subject=held,
                 details={"employee": employee})  # fmt: skip
    return held


@transaction.atomic
def calculate_all(run: PayrollRun, *, by: User) -> PayrollRun:
    """Calculate all people at once, in this transaction: for few people, tests and demo books."""
    held = start_turn(run, by=by)
    turn = Turn(held.pk, held.turn)
    ids = employed_ids(held)
    for first in range(0, len(ids), AT_ONCE):
        calculate_some(held, ids[first : first + AT_ONCE], turn=turn)
    end_turn(held, turn=held.turn, by=by)
    return held_run(held)
