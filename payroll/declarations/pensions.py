"""The list for pension funds (Lohnmeldung BVG): annual wages, entries, exits and changes. Pure.

The annual wage is what the fund was told, else twelve or thirteen contract wages as of 1 January or of
the day of entry; of hours and lessons those of the week, times 52. Source: BVV2 Art. 3 (the annual wage is
agreed in advance).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payroll.declarations.gathering import PersonYear
from payroll.declarations.insured import by_kind, insured_of
from payroll.declarations.reports import Report, with_total
from payroll.employees.converting import contracts_of
from payroll.employees.facts import Pension, Wage
from payroll.setup.pensions import expected_wage
from payroll.wages.kinds import Insurance


def annual_wage(person: PersonYear, day: dt.date) -> Decimal | None:
    """The expected annual wage on a day, in CHF; None where the contract names none (hours, lessons
    without hours a week)."""
    pension = person.file.at(Pension, day)
    if pension is not None and pension.annual_wage is not None:
        return pension.annual_wage
    contracts = contracts_of(person.file, person.last.replace(day=1))
    return expected_wage([one for one in contracts if one.first <= day <= one.last], day) or None


def changes_of(person: PersonYear) -> list[tuple[dt.date, str]]:
    """Entries, exits and changes of the contract within the year, by day."""
    first, last = person.first, person.last
    found = [(one.entry, _("entry")) for one in person.periods if first <= one.entry <= last]
    found += [(one.exit, _("exit")) for one in person.periods
              if one.exit is not None and first <= one.exit <= last]  # fmt: skip
    entries = {day for day, _what in found}
    found += [
        (one.first, _("change of wage to %(degree)s %%") % {"degree": f"{one.value.degree:g}"})
        for one in person.file.during(Wage, first, last)
        if first < one.first and one.first not in entries
    ]
    return sorted(found)


def bvg(people: Sequence[PersonYear]) -> Report:
    """A row for each insured person: annual wage, contributions of the year, what changed."""
    rows: list[list[Any]] = []
    for person in people:
        for row in by_kind(insured_of(person), Insurance.BVG):
            told = "; ".join(
                f"{when:%d.%m.} {what}" for when, what in changes_of(person)
                if row.first <= when <= row.last
            )  # fmt: skip
            rows.append([
                person.file.personal.ahv_number, person.file.name, person.file.personal.birth_date,
                row.code, row.first, row.last, annual_wage(person, row.first), row.employee,
                row.employer, row.total, told,
            ])  # fmt: skip
    rows_, kinds = with_total(rows, label=_("Total"), at=1)
    columns = [
        ("ahv_number", _("AHV number")), ("name", _("Name")), ("birth_date", _("Born")),
        ("code", _("Code")), ("first", pgettext("period", "from")), ("last", pgettext("period", "to")),
        ("annual_wage", _("Annual wage")), ("employee", _("Employee")),
        ("employer", _("Employer")), ("total", _("Total")), ("changes", _("Entries, exits, changes")),
    ]  # fmt: skip
    return Report("bvg", _("BVG annual wages"), columns, rows_, kinds)
