"""Forgetting old tombstones, and beginning anew."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection

from erp.companies.models import Company
from erp.core import clock

#: How long it is told that something is gone; whoever asks later reads the list anew.
KEPT: Final = dt.timedelta(days=180)


def forget() -> int:
    """Forget tombstones of the open company that are older than ``KEPT``; how many they were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_forget_changes(%s)", [clock.now() - KEPT])
        return int(cursor.fetchone()[0])


def begin_anew(company: Company) -> None:
    """Void all cursors of a company, after books were brought in from elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_begin_changes_anew(%s)", [company.pk])
