"""The base of pages that report a span of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.shortcuts import render

from accounting.ledger.queries import year_of
from accounting.ledger.spans import MonthRow
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.charts import side_by_side
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.pages import CompanyView

LARGEST_SPAN: Final = 3_660  # days
#: Bars are readable up to so many.
MOST_BARS: Final = 36


class SpanReport(CompanyView):
    """A report of a span: ``?since=2026-01-01&until=2026-12-31``, with ``format=`` as a file.

    ``export`` is the right to take it along.
    """

    export: ClassVar[Permission] = Permission.LEDGER_EXPORT

    def span(self) -> tuple[dt.date, dt.date]:
        """What was asked for; by default the fiscal year until today."""
        today = clock.today()
        year = year_of(self.company, today)
        since = read_day(self.request.GET.get("since")) or (
            year.start if year else today.replace(month=1, day=1)
        )
        until = read_day(self.request.GET.get("until")) or max(today, since)
        until = max(until, since)
        return max(since, until - dt.timedelta(days=LARGEST_SPAN)), until

    def shown(self, template: str, content: Table, **more: Any) -> HttpResponse:
        """The page, or the same as a file."""
        form = self.request.GET.get("format", "")
        if form:
            self.require(self.export)
            return answer(form, content, company=self.company)
        return render(self.request, f"accounting/{template}.html",
                      {"page_title": content.title, **more})  # fmt: skip


def months_chart(rows: Sequence[MonthRow], kind: str = "income") -> dict[str, Any] | None:
    """Two bars a month, this year and the one before; None where there are too many to be read."""
    if len(rows) > MOST_BARS:
        return None
    return side_by_side(
        [f"{row.month:%m.%y}" for row in rows],
        [(kind, [row.amount for row in rows]), ("before", [row.before for row in rows])],
    )
