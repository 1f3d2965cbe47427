"""Reports of a span of days, beside the same time a year before (Vorjahresvergleich)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounting.ledger.vat_journal import VatRow, vat_totals
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.web.export import Table, table


@dataclass(frozen=True, slots=True)
class TurnoverRow:
    """Turnover without VAT in the company's currency, beside the same time a year before."""

    key: int | None
    number: str
    name: str
    amount: Decimal
    before: Decimal
    count: Decimal = ZERO
    unit: str = ""

    @property
    def change(self) -> Decimal | None:
        """In percent of the year before; None where there was nothing."""
        if not self.before:
            return None
        return ((self.amount - self.before) * 100 / abs(self.before)).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: dt.date
    amount: Decimal
    before: Decimal


def asked(sql: str, company: Company, since: dt.date, until: dt.date, **more: Any) -> list[Any]:
    """The rows of a query of a span: ``since``, ``until``, and ``before`` and ``before_until``."""
    told: dict[str, Any] = {
        "company": company.pk, "since": since, "until": until,
        "before": year_before(since), "before_until": year_before(until), **more,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return cursor.fetchall()


def by_months(sums: Mapping[dt.date, Decimal], since: dt.date, until: dt.date) -> list[MonthRow]:
    """Each month of a span beside that a year before; ``sums`` by the first day of a month."""
    months = []
    day = since.replace(day=1)
    while day <= until:
        months.append(MonthRow(day, sums.get(day, ZERO), sums.get(year_before(day), ZERO)))
        day = (day + dt.timedelta(days=32)).replace(day=1)
    return months


def year_before(day: dt.date) -> dt.date:
    """The same day a year before; the 29th of February is the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def span_text(since: dt.date, until: dt.date) -> str:
    return f"{swiss_date(since)}\N{EN DASH}{swiss_date(until)}"


def totals(rows: Sequence[TurnoverRow]) -> tuple[Decimal, Decimal]:
    """All turnover of the span, and of the year before."""
    return sum((row.amount for row in rows), ZERO), sum((row.before for row in rows), ZERO)


def parties_table(
    rows: Sequence[TurnoverRow], since: dt.date, until: dt.date, *, title: str, party: str,
    documents: str, name: str,
) -> Table:  # fmt: skip
    """Turnover by customer or supplier."""
    lines: list[list[Any]] = [
        [row.name, int(row.count), row.amount, row.before, row.change] for row in rows
    ]
    lines.append([_("Total"), sum(int(row.count) for row in rows), *totals(rows), None])
    return table(
        title=title, subtitle=span_text(since, until),
        head=[party, documents, _("Turnover"), _("Year before"), _("Change in %")],
        rows=lines, name=name, kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def months_table(
    rows: Sequence[MonthRow], since: dt.date, until: dt.date, *, title: str, name: str
) -> Table:
    """Turnover by month."""
    lines: list[list[Any]] = [[f"{row.month:%m.%Y}", row.amount, row.before] for row in rows]
    lines.append([_("Total"), sum((row.amount for row in rows), ZERO),
                  sum((row.before for row in rows), ZERO)])  # fmt: skip
    return table(
        title=title, subtitle=span_text(since, until),
        head=[_("Month"), _("Turnover"), _("Year before")], rows=lines, name=name,
        kinds={len(lines) - 1: "grand"},
    )  # fmt: skip


def vat_table(
    rows: Sequence[VatRow], since: dt.date, until: dt.date, *, title: str, name: str
) -> Table:
    """A VAT journal, with its sums by code and rate."""
    lines: list[list[Any]] = [
        [row.date, row.number, row.voucher, row.text, row.code, row.rate, row.supply_date, row.net,
         row.tax, row.gross]
        for row in rows
    ]  # fmt: skip
    kinds = {}
    for code, rate, net, tax in vat_totals(rows):
        kinds[len(lines)] = "sum"
        lines.append([None, None, "", _("Total"), code, rate, None, net, tax, net + tax])
    net, tax = sum((row.net for row in rows), ZERO), sum((row.tax for row in rows), ZERO)
    kinds[len(lines)] = "grand"
    lines.append([None, None, "", _("Total"), "", None, None, net, tax, net + tax])
    return table(
        title=title, subtitle=span_text(since, until),
        head=[_("Date"), _("Entry"), _("Document"), _("Text"), _("Code"), _("Rate"), _("Supplied"),
              _("excl. VAT"), _("VAT"), _("incl. VAT")],
        rows=lines, name=name, wide=True, kinds=kinds,
    )  # fmt: skip
