"""Whether slips still are what today's data would give (Aktualität): asked before approval and posting."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.runs.gathering import Gathered, gather
from payroll.runs.keeping import lean
from payroll.runs.models import PayrollRun, Payslip
from payroll.runs.refusals import Stale

MOST_NAMED = 5


def stale_people(run: PayrollRun, slips: Sequence[Payslip]) -> list[str]:
    """Who would get another slip with today's data, by name; of correcting runs nobody is told.

    As many queries as gathering a month takes, however many people there are. Nothing is reckoned:
    what a slip was made from is held against what it would be made from now.
    """
    if run.is_correction:
        return []
    now = {one.employee: one for one in gather(run)}
    kept = {slip.employee_id: slip for slip in slips}
    names = [one.name for who, one in now.items() if who not in kept or _differs(kept[who], one)]
    gone = [slip.content.person.get("name", "") for who, slip in kept.items() if who not in now]
    return names + gone


def _differs(slip: Payslip, now: Gathered) -> bool:
    content = slip.content
    types = frozenset(content.given.types)
    return (
        lean(now.given, types) != content.given
        or now.payout_of(content.slip.payout) != content.payout
    )


def require_fresh(run: PayrollRun, slips: Sequence[Payslip]) -> None:
    """Raises ``Stale`` and names who has changed; of a correction it tells that a run was posted since."""
    if run.is_correction:
        booked = PayrollRun.of(run.company_id).filter(
            status__in=PayrollRun.BOOKED, month__year=run.month.year,
            entry__posted_at__gt=run.calculated_at,
        )  # fmt: skip
        if run.is_stale or booked.exists():
            raise Stale(month=str(run), people="–")
    if names := stale_people(run, slips):
        told = ", ".join(names[:MOST_NAMED])
        if len(names) > MOST_NAMED:
            told += f" (+{len(names) - MOST_NAMED})"
        raise Stale(month=str(run), people=told)
