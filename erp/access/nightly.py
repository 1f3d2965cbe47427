"""What is done in every company by itself (Nachtlauf), so that one of them stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery.exceptions import SoftTimeLimitExceeded

from erp.access.gate import NobodyToActFor, NoSuchCompany, all_companies

log = logging.getLogger(__name__)


def in_each_company(act: Callable[[str], int], *, only: Iterable[int] | None = None) -> int:
    """The sum of what ``act`` gives for each company, which it opens itself by ``operating``.

    ``only`` are those in which there is something to do (``looking_for_work``); None: all of them.

    Companies with nobody to act for are passed over. What goes wrong in one is logged with its
    number, and the others have their turn. Raises ``SoftTimeLimitExceeded`` alone: time is up for all.
    """
    total = 0
    for number in all_companies() if only is None else map(str, sorted(only)):
        try:
            total += act(number)
        except (NoSuchCompany, NobodyToActFor):
            continue
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception("what is done by itself failed in company %s", number)
    return total
