"""Questions about hours: lists, what a week holds, how far projects are, what waits for an invoice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Q, QuerySet, Sum

from accounting.hours.durations import SIXTY
from accounting.hours.models import HourEntry, HourRate, Project
from accounting.hours.rates import Rates
from erp.access.models import User
from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes

_State = HourEntry.State


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a project is: minutes worked, billable, billed and approved for an invoice.

    ``unbilled`` is what the approved hours come to in the project's currency, None where a rate is
    missing; ``billed`` what was invoiced, without VAT. ``oldest`` is the first day not billed.
    """

    project: Project
    minutes: int = 0
    billable: int = 0
    billed_minutes: int = 0
    billed: Decimal = ZERO
    open_minutes: int = 0
    waiting: int = 0
    unbilled: Decimal | None = ZERO
    oldest: dt.date | None = None

    @property
    def left(self) -> int | None:
        """Minutes left of the budget, negative where it is used up; None without one."""
        budget: int | None = self.project.budget_minutes
        return None if budget is None else budget - self.minutes

    @property
    def used(self) -> int | None:
        """How much of the budget is used, in percent."""
        budget: int | None = self.project.budget_minutes
        return None if not budget else round(100 * self.minutes / budget)


def worth(minutes: int, rate: Decimal) -> Decimal:
    """What minutes come to at a rate per hour, rounded to centimes."""
    return to_centimes(rate * minutes / SIXTY)


def projects(company: Company, *, closed: bool | None = None) -> QuerySet[Project]:
    """The projects by number; ``closed`` picks those that are, or are not."""
    rows = Project.of(company) if closed is None else Project.of(company).filter(is_closed=closed)
    return rows.select_related("company", "contact", "product", "cost_object").order_by("number")


def rates_of(company: Company) -> QuerySet[HourRate]:
    rows = HourRate.of(company).select_related("company", "project", "user")
    return rows.order_by("project__number", "user__name", "-valid_from", "pk")


def entries(
    company: Company, *, user: int | None = None, project: int | None = None, state: str = "",
    since: dt.date | None = None, until: dt.date | None = None,
) -> QuerySet[HourEntry]:  # fmt: skip
    """Hours by person, project (by id), state and days, both included."""
    asked = {"user": user, "project": project, "state": state or None, "day__gte": since,
             "day__lte": until}  # fmt: skip
    rows = HourEntry.of(company).filter(**{k: v for k, v in asked.items() if v is not None})
    return rows.select_related("company", "project", "user", "approved_by", "document")


def of_days(company: Company, user: User, since: dt.date, until: dt.date) -> list[HourEntry]:
    """Somebody's hours of some days, in the order of projects and texts; one query."""
    rows = entries(company, user=user.pk, since=since, until=until)
    return list(rows.order_by("project__number", "text", "-is_billable", "day", "pk"))


def standings(company: Company, rows: list[Project]) -> list[Standing]:
    """How far projects are: three queries, however many they are."""
    ids = [one.pk for one in rows]
    by_id = HourEntry.of(company).filter(project__in=ids)
    sums = {
        row["project"]: row
        for row in by_id.order_by("project").values("project").annotate(
            all=Sum("minutes"), billable=Sum("minutes", filter=Q(is_billable=True)),
            open=Sum("minutes", filter=Q(state=_State.OPEN)),
            billed=Sum("minutes", filter=Q(state=_State.BILLED)),
            oldest=Min("day", filter=_WAITS),
        )
    }  # fmt: skip
    waiting, values = _waiting(company, {one.pk: one for one in rows})
    billed = _billed(company, ids)
    return [
        Standing(
            one, minutes=told["all"], billable=told["billable"] or 0, open_minutes=told["open"] or 0,
            billed_minutes=told["billed"] or 0, billed=billed.get(one.pk, ZERO),
            waiting=waiting.get(one.pk, 0), unbilled=values.get(one.pk, ZERO),
            oldest=told["oldest"],
        ) if (told := sums.get(one.pk)) else Standing(one)
        for one in rows
    ]  # fmt: skip


_WAITS = Q(state=_State.APPROVED, is_billable=True)


def _waiting(
    company: Company, projects: dict[int, Project]
) -> tuple[dict[int, int], dict[int, Decimal | None]]:
    """Minutes that wait for an invoice, and what they come to, by project; two queries."""
    rows = HourEntry.of(company).filter(_WAITS, project__in=projects).order_by("project")
    sums = rows.values_list("project", "user", "day", "rate").annotate(Sum("minutes"))
    minutes, worths = defaultdict[int, int](int), dict[int, Decimal | None]()
    rates = Rates(company)
    by_rate = defaultdict[tuple[int, Decimal], int](int)
    for project, user, day, own, some in sums:
        minutes[project] += some
        rate = own if own is not None else rates.on(projects[project], user, day)
        if rate is None:
            worths[project] = None
        else:
            by_rate[project, rate] += some
    for (project, rate), some in by_rate.items():
        before = worths.get(project, ZERO)
        worths[project] = None if before is None else before + worth(some, rate)
    return dict(minutes), worths


def _billed(company: Company, projects: list[int]) -> dict[int, Decimal]:
    rows = HourEntry.of(company).filter(project__in=projects, state=_State.BILLED)
    sums = rows.order_by("project").values_list("project").annotate(Sum("billed_amount"))
    return dict(sums)
