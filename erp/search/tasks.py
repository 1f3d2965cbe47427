"""What search does by itself: keep the words of what came in large amounts."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import NobodyToActFor, NoSuchCompany, all_companies, operating
from erp.search import indexing
from erp.search.kinds import indexes


@shared_task(name="search.keep_words")
def keep_words(**_later: Any) -> int:
    """Keep the words of all that is new in each company; how many transactions that took."""
    steps = 0
    for number in all_companies():
        try:
            while _step(number):
                steps += 1
        except (NoSuchCompany, NobodyToActFor):
            continue
    return steps


def _step(number: str) -> int:
    with operating(number) as access:
        return indexing.keep(access.company, indexes())
