"""What rooms above say of people (von höheren Räumen): until when wages of somebody were posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Final

from erp.companies.models import Company

#: Given a company and ids of employees, the last day of the last month whose wages were posted.
PaidUntil = Callable[[Company, Collection[int]], Mapping[int, dt.date]]
paid_until: Final[list[PaidUntil]] = []


def posted_until(company: Company, employee: int) -> dt.date | None:
    """The last day of the last month of which somebody has a posted slip; None where there is none."""
    days = [day for ask in paid_until if (day := ask(company, [employee]).get(employee))]
    return max(days, default=None)
