"""What becomes of changes by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.changes import forgetting


@shared_task(name="changes.forget")
def forget(**_later: Any) -> int:
    """Forget every company's old tombstones, each in a transaction of its own."""
    return in_each_company(_forget)


def _forget(number: str) -> int:
    with operating(number):
        return forgetting.forget()
