"""Valuing a day in the background, where very many items are owed in foreign currencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.valuation import running
from accounting.valuation.reckoning import count_items, reckon
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start

VALUE: Final = "valuation.value"
#: Items that a page waits for: about two seconds.
MOST_AT_ONCE: Final = 50_000


def is_large(company: Company, date: dt.date) -> bool:
    """Whether valuing a day is work for a job. One query."""
    return count_items(company, date) > MOST_AT_ONCE


def begin(
    company: Company, date: dt.date, *, by: User, typed: Mapping[str, Decimal],
    within: Bearer | None = None,
) -> Job:  # fmt: skip
    """Let a day be valued in the background; ``typed`` as ``running.value`` takes them."""
    rates = {currency: str(rate) for currency, rate in typed.items()}
    return start(VALUE, company=company, by=by, within=within,
                 arguments={"date": date.isoformat(), "rates": rates})  # fmt: skip


@job(VALUE, title=gettext_lazy("Value foreign currencies"), permission=Permission.LEDGER_POST,
     page="valuations")  # fmt: skip
def value(job: Running, cursor: Cursor) -> Next | Done:
    """Look whether ``date`` can be valued by ``rates``, which writes nothing; then post all of it in one step."""
    date = dt.date.fromisoformat(job.arguments["date"])
    typed = {currency: Decimal(rate) for currency, rate in job.arguments["rates"].items()}
    if not cursor:
        found = reckon(job.company, date, typed=typed)
        found.require_complete()
        told = _("%(count)s positions are valued. Posting …") % {"count": found.count}
        return Next({"looked": True}, done=1, total=2, message=told)
    run = running.value(job.company, date=date, by=job.user, typed=typed)
    return Done({"valuation": run.pk, "date": date.isoformat()},
                message=_("Foreign currencies are valued as of %s.") % swiss_date(date))  # fmt: skip
