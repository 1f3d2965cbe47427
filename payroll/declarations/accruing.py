"""What the year leaves owing to employees (Abgrenzung): holidays, overtime, the 13th month's wage.

A proposal, which ``deferring`` posts. A day is a full-time month's wage over 21.75 working days, an hour over the
company's monthly hours; the employer's contributions are in the proportion that the year had.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from erp.companies.models import Company
from erp.core.money import ZERO, to_centimes
from payroll.declarations.gathering import PersonYear
from payroll.declarations.reports import Report, with_total
from payroll.employees.facts import LeaveBooking, LeaveKind, Wage
from payroll.employees.leave import balances
from payroll.employees.models import LeaveEntry
from payroll.setup.settings import settings_of, terms_of
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED

DAYS_A_MONTH: Final = Decimal("21.75")  # working days of a five-day week: 261 / 12
Bookings = Sequence[tuple[dt.date, LeaveBooking]]


@dataclass(frozen=True, slots=True)
class Accrual:
    """What is owed to a person at the end of the year, in CHF; days and hours may be negative."""

    person: PersonYear
    days: Decimal
    day: Decimal
    hours: Decimal
    hour: Decimal
    thirteenth: Decimal
    percent: Decimal  # of the employer's contributions

    @property
    def holidays(self) -> Decimal:
        return to_centimes(self.days * self.day)

    @property
    def overtime(self) -> Decimal:
        return to_centimes(self.hours * self.hour)

    @property
    def wages(self) -> Decimal:
        return self.holidays + self.overtime + self.thirteenth

    @property
    def contributions(self) -> Decimal:
        return to_centimes(self.wages * self.percent / HUNDRED)

    @property
    def total(self) -> Decimal:
        return self.wages + self.contributions


def accrual_of(person: PersonYear, bookings: Bookings, *, monthly_hours: Decimal) -> Accrual:
    """The proposal for one person. Pure. Who has left is owed no leave any more: it was paid out."""
    last = person.last
    wage = person.file.at(Wage, last)
    is_here = any(one.exit is None or one.exit > last for one in person.file.employments)
    left = {one.kind: one.left for one in balances(person.file, bookings, person.year)}
    day = hour = days = hours = ZERO
    if wage is not None and is_here:
        hours = left.get(LeaveKind.OVERTIME, ZERO)
        if wage.pay == Pay.MONTH and wage.degree:
            full = wage.amount * HUNDRED / wage.degree
            day, hour = to_centimes(full / DAYS_A_MONTH), to_centimes(full / monthly_hours)
            days = left.get(LeaveKind.HOLIDAYS, ZERO)
        elif wage.pay == Pay.HOUR:
            hour = wage.amount
    thirteenth = person.slips[-1].slip.carry.thirteenth if person.slips and is_here else ZERO
    return Accrual(person, days, day, hours, hour, to_centimes(thirteenth), _percent(person))


def _percent(person: PersonYear) -> Decimal:
    """The employer's contributions of the year in percent of the gross wages, to 0.01."""
    if not person.gross:
        return ZERO
    paid = sum((charge.employer for _posted, charge in person.charges()), ZERO)
    return to_centimes(paid * HUNDRED / person.gross)


def accruals_of(company: Company, people: Sequence[PersonYear]) -> list[Accrual]:
    """The proposals for all to whom something is owed: two queries."""
    by_person = _bookings(company, people)
    hours = terms_of(settings_of(company)).monthly_hours
    found = (accrual_of(one, by_person.get(one.file.id, ()), monthly_hours=hours) for one in people)
    return [one for one in found if one.wages]


def report_of(company: Company, people: Sequence[PersonYear]) -> Report:
    """The proposal for all people as a list: two queries."""
    rows: list[list[Any]] = []
    for one in accruals_of(company, people):
        rows.append([one.person.file.name, one.days, one.day, one.holidays, one.hours, one.hour,
                         one.overtime, one.thirteenth, one.percent, one.contributions,
                         one.total])  # fmt: skip
    rows_, kinds = with_total(rows, label=_("Total"))
    if kinds:  # rates and percentages do not add up
        rows_[-1] = [None if nth in {2, 5, 8} else cell for nth, cell in enumerate(rows_[-1])]
    columns = [
        ("name", _("Name")), ("days", _("Days of holidays")), ("day", _("a day")),
        ("holidays", _("Holidays")), ("hours", _("Hours of overtime")), ("hour", _("an hour")),
        ("overtime", _("Overtime")), ("thirteenth", _("13th, earned")),
        ("percent", _("Employer's contributions, percent")),
        ("contributions", _("Employer's contributions")), ("total", _("Total")),
    ]  # fmt: skip
    notes = (_("A proposal, until somebody posts it: wages and contributions each to their expense account at "
               "the end of the year, and back on New Year."),)  # fmt: skip
    return Report("accruals", _("Accruals at the end of the year"), columns, rows_, kinds, notes)


def _bookings(company: Company, people: Sequence[PersonYear]) -> Mapping[int, Bookings]:
    if not people:
        return {}
    found: dict[int, list[tuple[dt.date, LeaveBooking]]] = defaultdict(list)
    rows = LeaveEntry.of(company).filter(
        employee__in=[one.file.id for one in people], date__lte=people[0].last
    )
    for row in rows.order_by("date", "pk"):
        found[row.employee_id].append((row.date, row.content))
    return found
