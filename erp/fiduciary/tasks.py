"""What is done by itself, by night."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.firms.models import Mandate
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.fiduciary.keeping import look_at
from erp.fiduciary.notices import remind


@shared_task(name="fiduciary.look_at_all")
def look_at_all(**_later: Any) -> int:
    """Keep every company's figures for the cockpit; each is a task of its own."""
    numbers = all_companies()
    for number in numbers:
        look_at_company.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="fiduciary.look_at_company")
def look_at_company(*, company_id: int, **_later: Any) -> None:
    """Keep the figures of a company that a fiduciary works for."""
    try:
        with operating(str(company_id)) as access:
            if Mandate.of(access.company).filter(ended_at=None).exists():
                look_at(access.company)
    except NobodyToActFor:
        return


@shared_task(name="fiduciary.remind_all")
def remind_all(**_later: Any) -> int:
    """Let every company ask for what its fiduciary still lacks; each is a task of its own."""
    numbers = all_companies()
    for number in numbers:
        remind_company.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="fiduciary.remind_company")
def remind_company(*, company_id: int, **_later: Any) -> int:
    """Write to one company what is missing; how much that is."""
    try:
        with operating(str(company_id)) as access:
            return remind(access.company, by=access.user)
    except NobodyToActFor:
        return 0
