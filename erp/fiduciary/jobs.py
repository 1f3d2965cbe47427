"""What the cockpit does in the background, for one client."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.core import clock
from erp.fiduciary.keeping import look_at
from erp.jobs.kinds import Cursor, Done, Running, job
from vat.codes.models import VatSettings
from vat.returns import filing
from vat.returns.models import VatReturn
from vat.returns.queries import due_rows

FIGURES: Final = "fiduciary.look_at"
PREPARE: Final = "vat.prepare"


@job(FIGURES, title=gettext_lazy("Count missing vouchers, compare bank accounts"),
     permission=Permission.LEDGER_READ, also=Permission.BANKING_READ)  # fmt: skip
def count_anew(job: Running, cursor: Cursor) -> Done:
    """Bring the figures that are kept by night up to date."""
    found = look_at(job.company)
    return Done({"missing_vouchers": found.missing_vouchers}, message=_("The figures are new."))


@job(PREPARE, title=gettext_lazy("Begin VAT returns that are due"), permission=Permission.VAT_FILE,
     page="vat-returns")  # fmt: skip
def prepare(job: Running, cursor: Cursor) -> Done:
    """Begin the returns of all periods that are over; those begun follow the settings as they are now."""
    stored = VatReturn.of(job.company).order_by("start", "kind", "nth")
    rows = due_rows(VatSettings.of(job.company), list(stored), clock.today())
    for row in rows:
        filing.begin(company=job.company, start=row.period.start, by=job.user)
    return Done({"returns": len(rows)}, message=_("%s returns are begun.") % len(rows))
