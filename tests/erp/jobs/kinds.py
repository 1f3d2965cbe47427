"""Kinds of jobs that exist in tests alone; a worker finds them by ``RAPPEN_JOB_KINDS``."""

from __future__ import annotations

import time

from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.jobs.kinds import Done, Next, job
from tests import make


class Refused(DomainError):
    code = "tests.refused"
    message = _("This is not possible.")


@job("test.post", title="Post", permission=Permission.LEDGER_POST)
def post(job, cursor):
    """An entry a step, in the real ledger."""
    nth, many = cursor.get("nth", 0), job.arguments["entries"]
    if nth == many:
        return Done({"entries": many}, message=f"{many} entries")
    time.sleep(job.arguments.get("ms", 0) / 1000)
    make.rent(job.company, amount="1.00", by=job.user, voucher=f"{job.number}-{nth}")
    job.log(f"entry {nth}")
    return Next({"nth": nth + 1}, done=nth + 1, total=many, message=f"{nth + 1} of {many}")


@job("test.fail", title="Fail", permission=Permission.LEDGER_POST)
def fail(job, cursor):
    """Writes, and then does not come to its end."""
    make.rent(job.company, amount="1.00", by=job.user)
    if job.arguments.get("bug"):
        raise ValueError("a secret of the books")
    raise Refused


@job("test.count", title="Count", permission=None)
def count(job, cursor):
    """Of the installation."""
    nth = cursor.get("nth", 0)
    return Next({"nth": nth + 1}, done=nth + 1, total=3) if nth < 3 else Done({"nth": nth})
