"""What is due by when in a client (Fristen): VAT, withholding tax, AHV and wage certificates.

Days are dated data with their source; what the books know to be done is no longer due.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payroll.settlements.deadlines import deadline_of
from payroll.setup.models import PayrollSettings
from vat.codes.models import VatSettings
from vat.returns.models import VatReturn
from vat.returns.queries import due_rows

DATA: Final = Path(__file__).parent / "data" / "deadlines.csv"
AHEAD: Final = dt.timedelta(days=60)  # that a yearly day is shown before


class Duty(models.TextChoices):
    VAT = "vat", _("VAT return")
    TAX = "tax", _("Withholding tax")
    AHV = "ahv", _("AHV statement of the year")
    CERTIFICATES = "certificates", pgettext_lazy("deadline", "Wage certificates")


@dataclass(frozen=True, order=True)
class Deadline:
    """A duty of a client: ``what`` says of which period, ``start`` begins it."""

    day: dt.date
    duty: str
    what: str
    start: dt.date

    @property
    def label(self) -> str:
        return str(Duty(self.duty).label)

    def is_late(self, today: dt.date) -> bool:
        return self.day < today


@dataclass(frozen=True)
class Wages:
    """What payroll knows of a client, as far as it matters to its deadlines; months by their first day.

    ``offices`` are the cantons of its tax offices with how it settles; ``settled`` is the last month
    that a canton got its tax for.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    offices: Sequence[tuple[str, str]] = ()
    settled: dict[str, dt.date] | None = None
    paid: int = 0  # people of the year before
    certified: int = 0


def of_vat(
    settings: Iterable[VatSettings], stored: Sequence[VatReturn], today: dt.date
) -> list[Deadline]:
    """The returns of periods that are over and not filed, the oldest first."""
    return sorted(
        Deadline(row.due, Duty.VAT, row.period.name, row.period.start)
        for row in due_rows(settings, stored, today)
    )


def of_wages(wages: Wages, today: dt.date) -> list[Deadline]:
    """What payroll owes to others by a day, the earliest first.

    Whether tax was withheld at all is sealed: a tax office that is set up wants its settlement.
    """
    found = [one for canton, how in wages.offices if (one := _of_canton(wages, canton, how, today))]
    year = today.year - 1
    if wages.paid > wages.certified:
        found.append(_yearly(Duty.CERTIFICATES, year))
    if wages.last is not None:
        ahead = [_yearly(Duty.AHV, one) for one in (year, today.year)]
        found += [one for one in ahead if one.day - AHEAD <= today <= one.day]
    return sorted(found)


def _of_canton(wages: Wages, canton: str, how: str, today: dt.date) -> Deadline | None:
    """The first period after the last one settled that is over, if wages were posted since."""
    settled = (wages.settled or {}).get(canton)
    start = _next_month(settled) if settled else wages.first
    if start is None or wages.last is None or start > wages.last:
        return None
    rule = deadline_of(canton, start)
    end = rule.end(start, how or PayrollSettings.Commission.ELECTRONIC)
    if _next_month(end) > today:
        return None
    return Deadline(rule.due(end), Duty.TAX, f"{canton} {end:%m/%Y}", start)


def _next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _yearly(duty: Duty, year: int) -> Deadline:
    """The day in the year after, by which something of a whole year is due."""
    after = year + 1
    rows = [row for row in _rules() if row["deadline"] == duty and row["valid_from"] <= f"{after}"]
    rule: dict[str, Any] = max(rows, key=lambda row: row["valid_from"])
    day = dt.date(after, int(rule["month"]), int(rule["day"]))
    return Deadline(day, duty, str(year), dt.date(year, 1, 1))


@cache
def _rules() -> tuple[dict[str, str], ...]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
