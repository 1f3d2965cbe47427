"""What payroll does in the background: calculate a run, make the papers of its slips."""

from __future__ import annotations

import time
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start
from payroll.runs import calculating, papers
from payroll.runs.calculating import AT_ONCE, Turn
from payroll.runs.models import PayrollRun, Payslip
from payroll.runs.refusals import NotPosted

CALCULATE: Final = "payroll.calculate"
SLIPS: Final = "payroll.slips"
PARTS: Final = 2  # workers that share a large run
PAPERS_AT_ONCE: Final = 10  # PDF files of a step: about a second


@job(CALCULATE, title=gettext_lazy("Calculate wages"), permission=Permission.PAYROLL_RUN)
def calculate(job: Running, cursor: Cursor) -> Next | Done:
    """Calculate the people of the run with id ``run``, so many in each step: ``part`` of ``parts``.

    ``turn`` is which calculation it is: overtaken by a later one it ends and writes nothing more. The
    message tells how many, never how much.
    """
    run = PayrollRun.of(job.company).select_related("company").get(pk=job.arguments["run"])
    number: int = job.arguments["turn"]
    if not cursor:
        ids = calculating.employed_ids(run)[job.arguments["part"] :: job.arguments["parts"]]
        return Next({"left": ids, "of": len(ids)}, done=0, total=len(ids))
    left: list[int] = list(cursor["left"])
    of: int = cursor["of"]
    turn: Turn = job.memory.setdefault("turn", Turn(run.pk, number))
    if not left:
        if not calculating.end_turn(run, turn=number, by=job.user):
            return _overtaken()
        stopped = Payslip.of(job.company).filter(run=run, findings__gt=0).count()
        message = _("%(count)s slips are calculated.") % {"count": of}
        if stopped:
            message += " " + _("%(count)s need a correction first.") % {"count": stopped}
        return Done({"run": run.pk, "people": of, "stopped": stopped}, message=message)
    part, rest = left[:AT_ONCE], left[AT_ONCE:]
    if not calculating.calculate_some(run, part, turn=turn):
        return _overtaken()
    return Next({"left": rest, "of": of}, done=of - len(rest), total=of)


def _overtaken() -> Done:
    return Done({"overtaken": True}, message=_("Another calculation has begun meanwhile."))


@job(SLIPS, title=gettext_lazy("Make payslips"), permission=Permission.PAYROLL_READ)
def make_slips(job: Running, cursor: Cursor) -> Next | Done:
    """Make the PDF files of a posted run's slips that have none; two jobs of one run share the work."""
    run = PayrollRun.of(job.company).select_related("company").get(pk=job.arguments["run"])
    if not run.is_booked:
        raise NotPosted(month=str(run), status=run.get_status_display())
    every = Payslip.of(job.company).filter(run=run)
    slips = papers.next_without_paper(run, PAPERS_AT_ONCE)
    if slips:
        papers.make_papers(run, slips)
    total = cursor.get("of") or every.count()
    left = every.filter(paper=None).count()
    if left:
        if not slips:
            time.sleep(1 / 20)  # others hold what is left
        return Next({"of": total, "left": left, "step": cursor.get("step", 0) + 1},
                    done=total - left, total=total)  # fmt: skip
    return Done(
        {"run": run.pk, "slips": total},
        message=_("%(count)s payslips are made.") % {"count": total},
    )


@transaction.atomic
def begin(run: PayrollRun, *, by: User, within: Bearer | None = None) -> Job:
    """Let a run be calculated in the background; many people are shared out among two workers.

    Returns the job whose progress is shown. Raises what ``calculating.start_turn`` raises.
    """
    parts = 1 if len(calculating.employed_ids(run)) <= AT_ONCE else PARTS
    held = calculating.start_turn(run, by=by, parts=parts)
    started = [
        start(CALCULATE, company=held.company, by=by, within=within, arguments={
            "run": held.pk, "turn": held.turn, "part": part, "parts": parts,
        })
        for part in range(parts)
    ]  # fmt: skip
    return started[0]
