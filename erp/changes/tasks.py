"""What becomes of changes by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.changes import forgetting


@shared_task(name="changes.forget")
def forget(**_later: Any) -> int:
    """Forget every company's old tombstones, each in a transaction of its own."""
    forgotten = 0
    for number in all_companies():
        try:
            with operating(number):
                forgotten += forgetting.forget()
        except NobodyToActFor:
            continue
    return forgotten
