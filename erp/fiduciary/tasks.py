"""What is done by itself, by night."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.firms.models import Mandate
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.fiduciary.keeping import look_at


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
