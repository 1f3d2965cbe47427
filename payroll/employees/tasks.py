"""What is forgotten by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import NobodyToActFor, all_companies, operating
from payroll.employees import uploads


@shared_task(name="employees.forget_uploads")
def forget_uploads(**_later: Any) -> int:
    """Delete what is left of long imports in each company, a day after; how many there were."""
    return sum(map(_forget, all_companies()))


def _forget(company: str) -> int:
    try:
        with operating(company) as access:
            return uploads.forget(access.company)
    except NobodyToActFor:
        return 0
