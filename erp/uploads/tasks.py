"""What becomes of uploads by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.uploads import receiving


@shared_task(name="uploads.forget")
def forget(**_later: Any) -> int:
    """Give up every company's uploads that expired, each company in a transaction of its own."""
    forgotten = 0
    for number in all_companies():
        try:
            with operating(number) as access:
                forgotten += receiving.forget_expired(access.company)
        except NobodyToActFor:
            continue
    return forgotten
