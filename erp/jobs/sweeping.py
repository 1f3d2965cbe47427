"""Sending again what the queue has lost (Nachfassen): the rows know what waits."""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

from django.conf import settings
from django.db import connection

from erp.core import clock
from erp.jobs.sending import send

MOST: Final = 500  # in one sweep
FRESH: Final = 5  # seconds that a new job's own sending may take


def sweep() -> int:
    """Send jobs that nobody has sent, or that were sent long ago, or whose worker is gone.

    How many. Sent twice is done once: whoever comes second finds the lease taken, or the job over.
    Two sweeps at the same time share the work. ``settings.JOB_RESEND`` seconds, and up to half as
    much more so that not all return at once, are what a queue may take.
    """
    now = clock.now()
    patience = random.randint(settings.JOB_RESEND, settings.JOB_RESEND * 3 // 2)  # noqa: S311
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT job, company FROM rappen_jobs_due(%s, %s, %s, %s)",
            [now, now - dt.timedelta(seconds=min(FRESH, settings.JOB_RESEND)),
             now - dt.timedelta(seconds=patience), MOST],
        )  # fmt: skip
        due = cursor.fetchall()
    return sum(send(job, company) for job, company in due)
