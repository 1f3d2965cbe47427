"""What the endpoints do by themselves."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.api import idempotency
from erp.core import clock


@shared_task(name="api.forget_keys")
def forget_keys(**_later: Any) -> int:
    """Forget each company's keys that nobody repeats any more; how many companies were looked at."""
    numbers = all_companies()
    for number in numbers:
        forget_keys_of.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="api.forget_keys_of_people")
def forget_keys_of_people(**_later: Any) -> int:
    """Forget old keys of what people did outside of companies; how many."""
    return idempotency.forget_of_people(now=clock.now())


@shared_task(name="api.forget_keys_of")
def forget_keys_of(*, company_id: int, **_later: Any) -> int:
    """Forget one company's old keys; how many."""
    try:
        with operating(str(company_id)) as access:
            return idempotency.forget(access.company, now=clock.now())
    except NobodyToActFor:
        return 0
