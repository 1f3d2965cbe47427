"""What becomes of uploads by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import looking_for_work, operating
from erp.access.nightly import in_each_company
from erp.uploads import receiving


@shared_task(name="uploads.forget")
def forget(**_later: Any) -> int:
    """Give up uploads that expired, each company's in a transaction of its own."""
    with looking_for_work():
        found = receiving.companies_with_expired()
    return in_each_company(_forget, only=found)


def _forget(number: str) -> int:
    with operating(number) as access:
        return receiving.forget_expired(access.company)
