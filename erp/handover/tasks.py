"""What becomes of exported companies by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.handover import orders


@shared_task(name="handover.forget")
def forget(**_later: Any) -> int:
    """Clear away each company's exported files that expired; how many."""
    return in_each_company(_forget, only=orders.companies_with_rooms())


def _forget(number: str) -> int:
    with operating(number) as access:
        return orders.forget(access.company)
