"""What search does by itself: keep the words of what came in large amounts."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.gate import looking_for_work, operating
from erp.access.nightly import in_each_company
from erp.search import indexing
from erp.search.kinds import indexes


@shared_task(name="search.keep_words")
def keep_words(**_later: Any) -> int:
    """Keep the words of all that is new, in the companies that have any; how many transactions that took."""
    with looking_for_work():
        found = indexing.behind(indexes())
    return in_each_company(_keep, only=found)


def _keep(number: str) -> int:
    steps = 0
    while _step(number):
        steps += 1
    return steps


def _step(number: str) -> int:
    with operating(number) as access:
        return indexing.keep(access.company, indexes())
