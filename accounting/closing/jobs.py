"""Closing a year in the background, where asking its checks takes longer than a page may."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.closing.asking import judged
from accounting.closing.closing import close_checked, head_of, require_open, require_ready
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Finding, checks
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start

CLOSE: Final = "closing.close"
#: Entries of the books whose checks a page waits for, about two seconds. The years before cost nothing much.
MOST_AT_ONCE: Final = 100_000


def is_large(company: Company) -> bool:
    """Whether closing a year of these books is work for a job."""
    return head_of(company) > MOST_AT_ONCE


def begin(company: Company, year: FiscalYear, *, by: User, within: Bearer | None = None) -> Job:
    """Let a year be closed in the background; where that is under way, the job that does it.

    Raises ``AlreadyClosed``. What else is in the way is told by the job.
    """
    require_open(company, year)
    return under_way(company, year) or start(
        CLOSE, company=company, by=by, arguments={"year": year.pk}, within=within
    )


def under_way(company: Company, year: FiscalYear) -> Job | None:
    """The job that closes a year at the moment."""
    jobs = Job.of_place(company.pk).filter(kind=CLOSE, arguments__year=year.pk, finished_at=None)
    return jobs.order_by("-pk").first()


@job(CLOSE, title=gettext_lazy("Close a fiscal year"), permission=Permission.YEAR_CLOSE, whole=True,
     page="year-ends")  # fmt: skip
def close(job: Running, cursor: Cursor) -> Next | Done:
    """Ask the checks of the year with id ``year``, one in each step, which writes nothing; then close it in one.

    What they found is of this process alone: another one asks anew. The last step closes what others
    left as it was, and asks again where somebody posted meanwhile.
    """
    company = job.company
    year = FiscalYear.of(company).get(pk=job.arguments["year"])
    every = list(checks())
    found: dict[str, Finding] = job.memory.setdefault("found", {})
    asked = cursor.get("asked", 0)
    if not cursor or len(found) < asked:
        require_open(company, year)
        found.clear()
        return Next({"seen": head_of(company), "asked": 0}, done=0, total=len(every) + 1,
                    message=str(every[0].title))  # fmt: skip
    if asked < len(every):
        found[every[asked].code] = every[asked].ask(company, year)
        told = str(every[asked + 1].title) if asked + 1 < len(every) else _("Closing …")
        return Next({**cursor, "asked": asked + 1}, done=asked + 1, message=told)
    standing = judged(company, year, found)
    require_ready(standing)
    done = close_checked(
        company=company, year=year, by=job.user, found=standing, seen=cursor["seen"]
    )
    return Done({"year": year.pk, "nth": done.nth, "result": str(done.result), "digest": done.digest},
                message=_("The fiscal year %s is closed.") % year)  # fmt: skip
