"""What is watched by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.db import transaction

from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.access.leaks.adapter import TooOften, source
from erp.access.nightly import in_each_company
from erp.cockpit import leak_checks
from erp.cockpit.digests import tell_approvers
from erp.companies.models import Company
from erp.core import clock


@shared_task(name="approvals.tell_all")
def tell_all(**_later: Any) -> int:
    """Write to everybody for whose approval something new waits, each company in a transaction of its own."""
    return in_each_company(_tell)


def _tell(number: str) -> int:
    with operating(number) as access:
        return tell_approvers(access.company, by=access.user, on=clock.today())


@shared_task(name="leaks.check_all")
def check_all(**_later: Any) -> int:
    """Let each company's mail domains be looked for in leaks; off without a key."""
    if source() is None:
        return 0
    numbers = all_companies()
    for number in numbers:
        check_company.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="leaks.check_company", bind=True, max_retries=10)
def check_company(self: Any, *, company_id: int, **_later: Any) -> int:
    """Look for one company's mail domains in leaks, in the name of its first owner."""
    asked = source()
    if asked is None:
        return 0
    try:
        return leak_checks.check_company(company_id, source=asked)
    except NobodyToActFor:
        return 0
    except TooOften as rest:
        raise self.retry(countdown=rest.wait, exc=rest) from rest


def check_soon(company: Company) -> None:
    """Let a company's domains be checked after the commit; the weekly run does if the queue is away."""
    if source() is not None:
        transaction.on_commit(partial(check_company.delay, company_id=company.pk), robust=True)
