"""Holidays and overtime (Ferien und Überzeit): booked, carried over, and what is left of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.clock import YEARS
from erp.core.errors import DomainError, raise_all
from erp.core.texts import one_line
from payroll.employees.checking import DayNotPossible
from payroll.employees.common import within
from payroll.employees.facts import Holidays, LeaveBooking, LeaveKind, Wage
from payroll.employees.keeping import held
from payroll.employees.models import Employee, LeaveEntry
from payroll.employees.people import DAY, PersonFile, file_of
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED

NIL: Final = Decimal(0)
TENTH: Final = Decimal("0.1")
DAYS_A_WEEK: Final = 5
YEAR_DAYS: Final = 360
#: What is earned and taken; other kinds are only counted.
BALANCED: Final = (LeaveKind.HOLIDAYS, LeaveKind.OVERTIME)


class NothingBooked(DomainError):
    code = "people.nothing_booked"
    message = _("Zero books nothing. Type what was earned, or with a minus what was taken.")
    field = "amount"


@dataclass(frozen=True, slots=True)
class Balance:
    """A year of one kind: days of holidays, or hours of overtime. ``left`` goes to the next year."""

    kind: LeaveKind
    year: int
    carried: Decimal
    entitled: Decimal
    earned: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        return self.carried + self.entitled + self.earned + self.taken


@transaction.atomic
def book(
    employee: Employee, *, kind: LeaveKind, date: dt.date, amount: Decimal, by: User, text: str = ""
) -> LeaveEntry:
    """Book days or hours (buchen): positive is earned, negative is taken. Overtime is in hours.

    Raises ``NothingBooked``, ``OutOfRange``, ``DayNotPossible``.
    """
    current = held(employee)
    faults: list[DomainError] = []
    if not amount:
        faults.append(NothingBooked())
    within(amount, Decimal(-400), Decimal(400), faults, "amount")
    if date.year not in YEARS:
        faults.append(DayNotPossible(field="date", value=date))
    raise_all(faults)
    entry = LeaveEntry(
        company=current.company, employee=current, date=date,
        content=LeaveBooking(kind=kind, amount=amount, text=one_line(text, field="text", most=80)),
    )  # fmt: skip
    entry.save(force_insert=True)
    trail.record(company=current.company, by=by, action="leave.book", subject=current,
                 details={"date": date})  # fmt: skip
    return entry


@transaction.atomic
def remove(entry: LeaveEntry, *, by: User) -> None:
    """Take a booking away that was wrong (entfernen); the trail keeps that it was there, not why."""
    current = held(entry.employee)
    trail.record(company=current.company, by=by, action="leave.remove", subject=current,
                 details={"date": entry.date})  # fmt: skip
    entry.delete()


def entries_of(employee: Employee, *, until: dt.date | None = None) -> list[LeaveEntry]:
    """Somebody's bookings, by date."""
    rows = LeaveEntry.of(employee.company_id).filter(employee=employee)
    if until is not None:
        rows = rows.filter(date__lte=until)
    return list(rows.order_by("date", "pk"))


def balances_of(employee: Employee, year: int) -> list[Balance]:
    """Somebody's balances of a year, of what is booked until today or ahead."""
    bookings = [(one.date, one.content) for one in entries_of(employee)]
    return balances(file_of(employee, on=clock.today()), bookings, year)


def balances(
    file: PersonFile, bookings: Iterable[tuple[dt.date, LeaveBooking]], year: int
) -> list[Balance]:
    """Balances of a year, with what was left of the years before. Pure.

    Years count since the first entry, but none before somebody was entered here or booked first: what
    was left then is booked.
    """
    rows = list(bookings)
    entered = min((one.entry.year for one in file.employments), default=year)
    first = min([max(entered, file.since), year, *(day.year for day, _b in rows)])
    made = []
    for kind in BALANCED:
        carried = NIL
        for now in range(first, year + 1):
            amounts = [b.amount for day, b in rows if b.kind == kind and day.year == now]
            entitled = entitlement(file, now) if kind == LeaveKind.HOLIDAYS else NIL
            balance = Balance(
                kind, now, carried, entitled, sum((a for a in amounts if a > 0), NIL),
                sum((a for a in amounts if a < 0), NIL),
            )  # fmt: skip
            carried = balance.left
        made.append(balance)
    return made


def counted(
    bookings: Iterable[tuple[dt.date, LeaveBooking]], year: int
) -> list[tuple[LeaveKind, Decimal]]:
    """Other absences of a year, in days."""
    sums: dict[LeaveKind, Decimal] = {}
    for day, booking in bookings:
        if day.year == year and booking.kind not in BALANCED:
            sums[booking.kind] = sums.get(booking.kind, NIL) + abs(booking.amount)
    return sorted(sums.items())


def entitlement(file: PersonFile, year: int) -> Decimal:
    """Days of holidays that a year gives (Ferienanspruch), to a tenth of a day.

    Days at 100 % are those of the fact ``holidays``, else the weeks of the contract at five days;
    by degree and days of employment, 30 a month. Hourly wages have holiday pay instead.
    """
    start, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    total = NIL
    for period in file.employed(start, end):
        first, last = max(start, period.entry), min(end, period.exit or end)
        for begin, finish in _pieces(file, first, last):
            wage, fact = file.at(Wage, begin), file.at(Holidays, begin)
            if wage is None or wage.pay != Pay.MONTH:
                continue
            days = fact.days if fact is not None else wage.holiday_weeks * DAYS_A_WEEK
            total += days * wage.degree / HUNDRED * days_360(begin, finish) / YEAR_DAYS
    return total.quantize(TENTH, ROUND_HALF_UP)


def _pieces(file: PersonFile, first: dt.date, last: dt.date) -> Sequence[tuple[dt.date, dt.date]]:
    """A span, cut where terms or entitlement change."""
    held_here = [*file.during(Wage, first, last), *file.during(Holidays, first, last)]
    starts = {first, *(one.first for one in held_here if one.first > first)}
    starts |= {one.last + DAY for one in held_here if one.last is not None and one.last < last}
    ordered = sorted(starts)
    return [
        (one, after - DAY) for one, after in zip(ordered, [*ordered[1:], last + DAY], strict=True)
    ]


def days_360(first: dt.date, last: dt.date) -> int:
    """Days of a span, 30 a month, both days within; a month's last day is its 30th."""
    end = 30 if (last + DAY).day == 1 else last.day
    begin = 30 if (first + DAY).day == 1 else first.day
    return max(
        0, (last.year - first.year) * YEAR_DAYS + (last.month - first.month) * 30 + end - begin + 1
    )
