"""Payslips reach people (Lohnabrechnungen zustellen): those of a posted run, each once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy

from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.documents import joining
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start
from payroll.delivery import handing, working
from payroll.delivery.handing import SLIP, Paper, Row
from payroll.delivery.models import Delivery
from payroll.delivery.refusals import NothingToDeliver, PapersMissing
from payroll.runs import papers
from payroll.runs.models import PayrollRun, Payslip
from payroll.runs.refusals import NotPosted

DELIVER: Final = "payroll.deliver"


def log_of(run: PayrollRun) -> list[Row]:
    """Who gets a slip of a run, how, and what became of it, by name. Six queries."""
    slips = Payslip.of(run.company_id).filter(run=run).order_by("pk").values_list("pk", "employee")
    return handing.log_of(run.company, SLIP, list(slips))


@transaction.atomic
def begin(run: PayrollRun, *, by: User, link: str, within: Bearer | None = None) -> Job:
    """Let the slips of a posted run go out in the background; ``link`` leads to “My wage”.

    Raises ``NotPosted`` or ``NothingToDeliver``.
    """
    require_booked(run)
    if not _due(run):
        raise NothingToDeliver
    return start(DELIVER, company=run.company, by=by, within=within,
                 arguments={"run": run.pk, "link": link})  # fmt: skip


@job(
    DELIVER, title=gettext_lazy("Deliver payslips"), permission=Permission.PAYROLL_EXPORT,
    also=Permission.PAYROLL_READ,
)  # fmt: skip
def deliver_many(job: Running, cursor: Cursor) -> Next | Done:
    """Deliver the slips of the run with id ``run`` that did not go out yet; missing PDFs are made first.

    Raises ``NotPosted``, also where the run is taken back meanwhile.
    """
    rows = PayrollRun.of(job.company).select_related("company")
    run = rows.select_for_update(no_key=True, of=("self",)).get(pk=job.arguments["run"])
    require_booked(run)
    return working.step(
        job, cursor, subject=run, due=partial(_due, run), papers=partial(_held, run)
    )


@transaction.atomic
def deliver_again(slip: Payslip, *, by: User, link: str) -> Delivery:
    """Let one slip go out once more, the way its person wants it now.

    Raises ``NotPosted`` and what ``handing.hand_over`` raises.
    """
    run = slip.run
    require_booked(run)
    (paper,) = _held(run, [slip.pk])
    made = handing.hand_over(run.company, paper, by=by, link=link, again=True)
    assert made is not None
    handing.record_delivery(run.company, by, subject=run, **{made.way: 1})
    return made


def hold_back(run: PayrollRun, *, by: User) -> int:
    """A run is taken back: its slips that still wait in the outbox stay here."""
    slips = Payslip.of(run.company_id).filter(run=run).values_list("pk", flat=True)
    return handing.hold_back(run.company, SLIP, list(slips), by=by)


def printed(run: PayrollRun) -> tuple[bytes, int]:
    """The slips of those who get them on paper as one PDF, by name, to be printed; and how many they are.

    Raises ``PapersMissing``, ``NothingToPrint`` or ``Tampered``.
    """
    on_paper = [row.record for row in log_of(run) if row.is_on_paper]
    require_papers(run)
    found = Payslip.of(run.company_id).filter(pk__in=on_paper).select_related("run").in_bulk()
    return joining.joined(papers.untouched(found[pk]) for pk in on_paper), len(on_paper)


def archived(run: PayrollRun) -> list[int]:
    """The slips of a posted run that an archive holds, by person. Raises ``NotPosted`` or ``PapersMissing``."""
    require_booked(run)
    require_papers(run)
    rows = Payslip.of(run.company_id).filter(run=run).order_by("employee")
    return list(rows.values_list("pk", flat=True))


def fetched(company: Company, ids: Sequence[int]) -> list[tuple[str, bytes]]:
    """Names and bytes of slips, for an archive. Raises ``Tampered``."""
    rows = Payslip.of(company).filter(pk__in=ids).select_related("run").in_bulk()
    return [(papers.file_name(rows[pk].run, rows[pk].content), papers.untouched(rows[pk]))
            for pk in ids]  # fmt: skip


def require_booked(run: PayrollRun) -> None:
    if not run.is_booked:
        raise NotPosted(month=str(run), status=run.get_status_display())


def require_papers(run: PayrollRun) -> None:
    """Raises ``PapersMissing`` where PDFs of a run are not made yet."""
    if missing := Payslip.of(run.company_id).filter(run=run, paper=None).count():
        raise PapersMissing(count=missing)


def _due(run: PayrollRun) -> list[int]:
    """The slips that did not go out yet, in the order they were made."""
    every = Payslip.of(run.company_id).filter(run=run).order_by("pk").values_list("pk", flat=True)
    before = handing.delivered(run.company, SLIP, list(every))
    return [pk for pk in every if pk not in before]


def _held(run: PayrollRun, ids: Sequence[int]) -> list[Paper]:
    """These slips, held, as papers to be delivered; their PDFs are made where there are none."""
    rows = Payslip.of(run.company_id).filter(run=run, pk__in=ids).order_by("pk")
    slips = list(rows.select_for_update(of=("self",)))
    if unmade := [slip for slip in slips if slip.paper is None]:
        papers.make_papers(run, unmade)
    return [
        Paper(SLIP, slip.pk, slip.employee_id, str(run), papers.file_name(run, slip.content),
              partial(_content, slip))
        for slip in slips
    ]  # fmt: skip


def _content(slip: Payslip) -> bytes:
    return papers.untouched(slip)
