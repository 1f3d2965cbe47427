"""What an hour costs (Stundensätze): dated, the most particular holds."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounting.hours.errors import BadRate, RateTaken
from accounting.hours.models import HourRate, Project
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company

LARGEST: Final = Decimal("9999999.99")
Key = tuple[int | None, int | None]  # project and person, by id


class Rates:
    """The rates of a company, read once: one query."""

    def __init__(self, company: Company) -> None:
        self.currency = company.currency
        self._days: dict[Key, list[dt.date]] = defaultdict(list)
        self._rates: dict[Key, list[Decimal]] = defaultdict(list)
        rows = HourRate.of(company).order_by("valid_from")
        for project, user, day, rate in rows.values_list("project", "user", "valid_from", "rate"):
            self._days[project, user].append(day)
            self._rates[project, user].append(rate)

    def on(self, project: Project, user: int, day: dt.date) -> Decimal | None:
        """What an hour of a person costs on a day, in the project's currency; None where none is known.

        In this order: of the project and the person, of the project, of the person, of all. What names
        no project is in the company's currency and holds for no other.
        """
        keys: list[Key] = [(project.pk, user), (project.pk, None)]
        if project.currency == self.currency:
            keys += [(None, user), (None, None)]
        for key in keys:
            nth = bisect_right(self._days.get(key, []), day)
            if nth:
                return self._rates[key][nth - 1]
        return None


def require_rate(rate: Decimal | None) -> None:
    """Raises ``BadRate``; None is no rate of its own."""
    if rate is not None and not 0 < rate <= LARGEST:
        raise BadRate(value=rate, most=LARGEST)


@transaction.atomic
def add_rate(
    *, company: Company, rate: Decimal, valid_from: dt.date, by: User, project: Project | None = None,
    user: User | None = None,
) -> HourRate:  # fmt: skip
    """Let a rate per hour hold from a day on, without VAT. Raises ``BadRate`` or ``RateTaken``."""
    require_rate(rate)
    same = HourRate.of(company).filter(project=project, user=user, valid_from=valid_from)
    if same.exists():
        raise RateTaken(day=valid_from)
    made: HourRate = HourRate.unscoped.create(
        company=company, project=project, user=user, valid_from=valid_from, rate=rate
    )
    trail.record(company=company, by=by, action="hour_rate.add", subject=made, details=_told(made))
    return made


@transaction.atomic
def delete_rate(rate: HourRate, *, by: User) -> None:
    """Take a rate away; what was billed stays at what it was billed at."""
    trail.record(
        company=rate.company, by=by, action="hour_rate.delete", subject=rate, details=_told(rate)
    )
    rate.delete()


def _told(rate: HourRate) -> dict[str, object]:
    return trail.filled({
        "project": str(rate.project or ""), "person": str(rate.user or ""),
        "valid_from": rate.valid_from, "rate": rate.rate,
    })  # fmt: skip
