"""Hours of a span by project, person, month or cost object, as a page, a file and an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.hours.durations import hours
from accounting.hours.models import HourEntry
from accounting.hours.queries import entries
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table

_State = HourEntry.State


class By(models.TextChoices):
    PROJECT = "project", gettext_lazy("project")
    PERSON = "person", gettext_lazy("person")
    MONTH = "month", gettext_lazy("month")
    COST_OBJECT = "cost_object", gettext_lazy("cost object")


_COLUMNS: dict[str, tuple[str, str]] = {
    By.PROJECT: ("project__number", "project__name"),
    By.PERSON: ("user", "user__name"),
    By.MONTH: ("month", "month"),
    By.COST_OBJECT: ("project__cost_object__number", "project__cost_object__number"),
}


@dataclass(slots=True)
class HoursRow:
    """Minutes of a project, person, month or cost object, and what of them was billed.

    ``billed`` is without VAT, by currency.
    """

    key: str
    name: str
    minutes: int = 0
    billable: int = 0
    open: int = 0
    billed_minutes: int = 0
    billed: dict[str, Decimal] | None = None

    @property
    def amounts(self) -> list[tuple[str, Decimal]]:
        return sorted((self.billed or {}).items())


def report(
    company: Company, *, by: str, since: dt.date, until: dt.date, project: int | None = None,
    user: int | None = None,
) -> list[HoursRow]:  # fmt: skip
    """Hours of a span, both days included, by a ``By``; of a project and a person, by id. One query."""
    rows = entries(company, since=since, until=until, project=project, user=user).order_by()
    columns = _COLUMNS[by]
    if by == By.MONTH:
        rows = rows.annotate(month=TruncMonth("day"))
    names = dict.fromkeys((*columns, "project__currency"))
    sums = rows.values_list(*names).annotate(
        all=Sum("minutes"), billable=Sum("minutes", filter=Q(is_billable=True)),
        open=Sum("minutes", filter=Q(state=_State.OPEN)),
        billed=Sum("minutes", filter=Q(state=_State.BILLED)), amount=Sum("billed_amount"),
    ).order_by(*names)  # fmt: skip
    found: dict[Any, HoursRow] = {}
    for told in sums:
        one = dict(zip((*names, "all", "billable", "open", "billed", "amount"), told, strict=True))
        key, name = one[columns[0]], one[columns[1]]
        row = found.setdefault(key, HoursRow(*_called(by, key, name), billed={}))
        row.minutes += one["all"]
        row.billable += one["billable"] or 0
        row.open += one["open"] or 0
        row.billed_minutes += one["billed"] or 0
        if one["amount"] is not None and row.billed is not None:
            currency = one["project__currency"]
            row.billed[currency] = row.billed.get(currency, ZERO) + one["amount"]
    return list(found.values())


def _called(by: str, key: Any, name: Any) -> tuple[str, str]:
    if by == By.MONTH:
        return f"{key:%Y-%m}", f"{key:%m.%Y}"
    if by == By.PROJECT:
        return str(key), f"{key} {name}"
    return str(key or ""), str(name or _("none"))


def total_of(rows: Sequence[HoursRow]) -> HoursRow:
    """The sum of rows."""
    whole = HoursRow("", _("Total"), billed={})
    for row in rows:
        whole.minutes += row.minutes
        whole.billable += row.billable
        whole.open += row.open
        whole.billed_minutes += row.billed_minutes
        for currency, amount in row.amounts:
            assert whole.billed is not None
            whole.billed[currency] = whole.billed.get(currency, ZERO) + amount
    return whole


def report_table(rows: Sequence[HoursRow], by: str, since: dt.date, until: dt.date) -> Table:
    """The report as a table; hours in decimals, amounts in a column for each currency."""
    total = total_of(rows)
    currencies = [currency for currency, _amount in total.amounts]

    def cells(row: HoursRow) -> list[Any]:
        minutes = (row.minutes, row.billable, row.open, row.billed_minutes)
        return [row.name, *(hours(some) for some in minutes),
                *((row.billed or {}).get(one, ZERO) for one in currencies)]  # fmt: skip

    told = _("%(first)s to %(last)s") % {"first": swiss_date(since), "last": swiss_date(until)}
    return table(
        title=_("Hours"), subtitle=told, name=f"hours-{by}",
        head=[str(By(by).label), _("Hours"), _("Billable"), _("Not approved"), _("Billed"),
              *(_("Billed in %s") % one for one in currencies)],
        rows=[*(cells(row) for row in rows), cells(total)], kinds={len(rows): "total"},
    )  # fmt: skip
