"""Month after month: what changes, what is typed, and the run from its draft to the payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from accounting.banking.models import BankAccount
from erp.access.models import User
from erp.cockpit.demo_payroll import story
from erp.cockpit.demo_payroll.people import PEOPLE, hire
from erp.companies.models import Company
from erp.core import clock
from payroll.employees import employments, keeping, leave
from payroll.employees.models import Employee
from payroll.runs import approving, beginning, booking, calculating, correcting, movements, paying
from payroll.runs.digest import digest_of_run
from payroll.runs.models import PayrollRun, Typed, WageOrder

WORKING_HOUR: Final = dt.time(9, tzinfo=clock.ZURICH)


@dataclass
class Office:
    """Whoever pays wages: ``by`` prepares and posts, ``approver`` looks and approves."""

    company: Company
    by: User
    approver: User
    bank: BankAccount
    solutions: Mapping[str, int]
    people: dict[str, Employee] = field(default_factory=dict)
    orders: list[WageOrder] = field(default_factory=list)

    def year_of(self, first: dt.date, last: dt.date) -> list[PayrollRun]:
        """Run, post and pay the months of a span; what was forgotten is corrected in the month after."""
        made = []
        for month in story.months(first, last):
            self.prepare(month)
            with _on(month.replace(day=20)):
                made.append(self.paid(self.drafted(month)))
            if late := story.FORGOTTEN.get(f"{month:%Y-%m}"):
                made.append(self.corrected(made[-1], late))
        return made

    def prepare(self, month: dt.date) -> None:
        """Enter who comes, goes and changes in a month, and type what it brings."""
        with _on(month.replace(day=18)):
            self._come_and_go(month)
            for change in story.CHANGES:
                if change.month == month:
                    keeping.set_fact(self.people[change.who], value=change.value, by=self.by,
                                     valid_from=change.valid_from, valid_until=change.until)  # fmt: skip
            for day, who, kind, amount in story.LEAVE:
                if day.replace(day=1) == month:
                    leave.book(self.people[who], kind=kind, date=day, amount=amount, by=self.by)
            for who, rows in story.typed_for(month).items():
                if who in self.people:
                    self.type(who, month, rows)

    def type(self, who: str, month: dt.date, rows: Iterable[Typed]) -> None:
        employee = self.people[who]
        there = movements.of_month(self.company, month, only=[employee.pk]).get(employee.pk, [])
        movements.save_person(
            company=self.company, employee=employee, month=month, rows=[*there, *rows], by=self.by
        )

    def drafted(self, month: dt.date) -> PayrollRun:
        """A run that is calculated and waits for approval."""
        run = beginning.begin(company=self.company, month=month, by=self.by)
        return calculating.calculate_all(run, by=self.by)

    def paid(self, run: PayrollRun) -> PayrollRun:
        """Approve, post and pay a run that is calculated."""
        approved = approving.approve(run, seen=digest_of_run(run), by=self.approver)
        posted = booking.post(approved, by=self.by)
        if posted.status == PayrollRun.Status.POSTED:
            self.orders += paying.pay(posted, bank=self.bank, date=posted.pay_date, by=self.by)
        return posted

    def corrected(self, run: PayrollRun, late: Iterable[tuple[str, dict[str, Any]]]) -> PayrollRun:
        """Type what was forgotten for a posted month, and pay the difference by a correcting run."""
        after = (run.month + dt.timedelta(days=32)).replace(day=2)
        with _on(after):
            for who, told in late:
                self.type(who, run.month, [Typed(**told)])
            made = correcting.begin_correction(run, by=self.by, date=after)
            return self.paid(made)

    def _come_and_go(self, month: dt.date) -> None:
        for nth, (key, one) in enumerate(PEOPLE.items(), 1):
            if one.entry.replace(day=1) == month and key not in self.people:
                self.people[key] = hire(self.company, self.by, one, self.solutions, nth)
        for gone in story.EXITS:
            if gone.day.replace(day=1) == month:
                employments.leave(
                    self.people[gone.who], exit=gone.day, by=self.by, reason=gone.reason
                )
        for back in story.RETURNS:
            if back.day.replace(day=1) == month:
                employments.re_enter(self.people[back.who], entry=back.day, by=self.by, facts=back.facts)  # fmt: skip


def _on(day: dt.date) -> AbstractContextManager[None]:
    """Let the clock stand still on a morning."""
    return clock.at(dt.datetime.combine(day, WORKING_HOUR))
