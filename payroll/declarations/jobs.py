"""What declarations do in the background: issue all wage certificates of a year."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from payroll.declarations import issuing
from payroll.declarations.preparing import prepared
from payroll.declarations.refusals import NothingPosted

CERTIFICATES: Final = "payroll.certificates"
AT_ONCE: Final = 10  # certificates of a step: about a second


@job(
    CERTIFICATES,
    title=gettext_lazy("Issue wage certificates"),
    permission=Permission.PAYROLL_EXPORT,
)
def issue_certificates(job: Running, cursor: Cursor) -> Next | Done:
    """Issue what is due of the year ``year``, so many in each step; those with faults are counted.

    The message tells how many, never whose. Raises ``NothingPosted``.
    """
    year: int = job.arguments["year"]
    if not cursor:
        rows = prepared(job.company, year)
        if not rows:
            raise NothingPosted(year=year)
        left = sorted({one.person.file.id for one in rows if one.is_due and not one.missing})
        faulty = len({one.person.file.id for one in rows if one.is_due and one.missing})
        return Next({"left": left, "of": len(left), "faulty": faulty, "made": 0}, done=0,
                    total=len(left))  # fmt: skip
    left, of, made = list(cursor["left"]), cursor["of"], cursor["made"]
    if not left:
        message = _("%(count)s wage certificates are issued.") % {"count": made}
        if cursor["faulty"]:
            message += " " + _("%(count)s people lack something first.") % {
                "count": cursor["faulty"]
            }
        return Done(
            {"year": year, "certificates": made, "faulty": cursor["faulty"]}, message=message
        )
    part, rest = left[:AT_ONCE], left[AT_ONCE:]
    made += len(issuing.issue(company=job.company, year=year, only=part, by=job.user))
    return Next({**cursor, "left": rest, "made": made}, done=of - len(rest), total=of)
