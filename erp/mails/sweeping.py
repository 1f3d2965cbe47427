"""Sending what waits (Nachfassen): what is due again, what the queue lost, whose worker is gone."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import connection

from erp.core import clock
from erp.mails.sending import send

MOST: Final = 500  # in one sweep
FRESH: Final = 5  # seconds that a new mail's own sending may take


def sweep() -> int:
    """Put mails into the queue that are due and not in it; how many. Two sweeps share the work."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mail, company FROM rappen_mails_due(%s, %s, %s, %s)",
            [now, now - dt.timedelta(seconds=FRESH),
             now - dt.timedelta(seconds=settings.JOB_RESEND), MOST],
        )  # fmt: skip
        due = cursor.fetchall()
    return sum(send(mail, company) for mail, company in due)
