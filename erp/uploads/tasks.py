"""What becomes of uploads by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.uploads import receiving


@shared_task(name="uploads.forget")
def forget(**_later: Any) -> int:
    """Give up every company's uploads that expired, each company in a transaction of its own."""
    return in_each_company(_forget)


def _forget(number: str) -> int:
    with operating(number) as access:
        return receiving.forget_expired(access.company)
