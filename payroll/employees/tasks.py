"""What is forgotten by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from payroll.employees import uploads


@shared_task(name="employees.forget_uploads")
def forget_uploads(**_later: Any) -> int:
    """Delete what is left of long imports in each company, a day after; how many there were."""
    return in_each_company(_forget)


def _forget(number: str) -> int:
    with operating(number) as access:
        return uploads.forget(access.company)
