"""What is checked by itself."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task

from accounting.open_items.checking import proof
from erp.access.gate import NobodyToActFor, all_companies, operating

log = logging.getLogger(__name__)


@shared_task(name="open_items.check_all")
def check_all(**_later: Any) -> int:
    """Compare every company's control accounts with its open items; each is a task of its own."""
    numbers = all_companies()
    for number in numbers:
        check_company.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="open_items.check_company")
def check_company(*, company_id: int, **_later: Any) -> int:
    """Compare one company's control accounts with its open items; how many breaks were found.

    They stand in the log, on the page of control accounts, and in what ``verify_ledger`` says.
    """
    try:
        with operating(str(company_id)) as access:
            breaks = list(proof(access.company))
    except NobodyToActFor:
        return 0
    for found in breaks:
        log.error("open items of company %s differ: %s", company_id, found.details)
    return len(breaks)
