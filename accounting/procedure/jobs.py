"""When a year is closed its procedure documentation is made and kept, in the background."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import FiscalYear, YearClosing
from accounting.procedure.keeping import keep
from erp.access.models import User
from erp.access.permissions import Permission
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.starting import start

KEEP: Final = "procedure.keep"


def hear_closed(closing: YearClosing, by: User) -> None:
    """Have the documentation of a closed year made: once for each closing."""
    start(KEEP, company=closing.company, by=by, arguments={"year": closing.fiscal_year_id},
          key=f"procedure-{closing.fiscal_year_id}-{closing.nth}")  # fmt: skip


@job(KEEP, title=gettext_lazy("Keep the procedure documentation of a closed year"),
     permission=Permission.YEAR_CLOSE, page="procedure")  # fmt: skip
def keep_procedure(job: Running, cursor: Cursor) -> Next | Done:
    """Make and keep the documentation of the year with id ``year``."""
    year = FiscalYear.of(job.company).get(pk=job.arguments["year"])
    kept = keep(job.company, year, by=job.user, in_turn=True)
    return Done({"sha256": kept.file.digest, "digest": kept.digest},
                message=_("The procedure documentation of %s is kept.") % year)  # fmt: skip
