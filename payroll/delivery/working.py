"""Delivering many papers in the background (Zustellen vieler): the steps that slips and certificates share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from erp.core.errors import DomainError, Refusals
from erp.jobs.kinds import Cursor, Done, Next, Running
from payroll.delivery.handing import Paper, hand_over, record_delivery
from payroll.delivery.models import Way
from payroll.delivery.terms import reached

AT_ONCE: Final = 10  # papers of a step: about a second where they have to be made
_COUNTS: Final = ("paper", "mail", "portal", "refused")


def step(
    job: Running, cursor: Cursor, *, subject: Any, due: Callable[[], list[int]],
    papers: Callable[[Sequence[int]], list[Paper]],
) -> Next | Done:  # fmt: skip
    """Deliver what is ``due`` (ids), some in each step; ``papers`` holds them and says what they are.

    What is refused is not delivered, and the log says why, by personnel number. Killed, it goes on
    behind the last step: each paper goes out once.
    """
    if not cursor:
        left = due()
        return Next({"left": left, "of": len(left)}, done=0, total=len(left))
    left, of = list(cursor["left"]), cursor["of"]
    counts = {name: cursor.get(name, 0) for name in _COUNTS}
    if not left:
        record_delivery(job.company, job.user, subject=subject, **counts)
        return Done(counts, message=told(counts))
    part, rest = left[:AT_ONCE], left[AT_ONCE:]
    found = papers(part)
    people = reached(job.company, {one.employee for one in found})
    for paper in found:
        to = people[paper.employee]
        try:
            with transaction.atomic():
                made = hand_over(job.company, paper, by=job.user, to=to, link=job.arguments["link"])
            if made is not None:
                counts[made.way] += 1
        except DomainError as refusal:
            counts["refused"] += 1
            job.log(f"{to.number}: {_reasons(refusal)}")
    return Next({"left": rest, "of": of, **counts}, done=of - len(rest), total=of)


def told(counts: dict[str, int]) -> str:
    """How many went out which way, to nobody's name."""
    words = {
        Way.MAIL: _("%(count)s mailed, encrypted"), Way.PORTAL: _("%(count)s told by a link"),
        Way.PAPER: _("%(count)s to print"), "refused": _("%(count)s refused; the log says why"),
    }  # fmt: skip
    found = [words[name] % {"count": counts[name]} for name in words if counts[name]]
    return ", ".join(found) or _("Everything was delivered before.")


def _reasons(refusal: DomainError) -> str:
    every = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return " ".join(str(one) for one in every)
