"""Employments (Anstellungen): exit, return, other days; and people who were never paid go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError, raise_all
from erp.core.texts import one_line
from payroll.employees import checking, people, plausible
from payroll.employees.above import posted_until
from payroll.employees.checking import told_periods
from payroll.employees.facts import FactValue, Leaving, LeavingReason, kind_of
from payroll.employees.keeping import (
    AS_IT_IS,
    FactThere,
    checked_facts,
    held,
    periods_of,
    write_facts,
)
from payroll.employees.known import Known
from payroll.employees.models import Employee, EmployeeFile, Employment, Fact, LeaveEntry
from payroll.wages.values import Finding


class EmploymentsOverlap(DomainError):
    code = "people.employments_overlap"
    message = _("The employment would overlap another one (%(periods)s). Correct entry or exit.")
    field = "entry"


class ExitBeforeEntry(DomainError):
    code = "people.exit_before_entry"
    message = _("The exit on %(end)s lies before the entry on %(start)s. Correct a day.")
    field = "exit"


class NotEmployed(DomainError):
    code = "people.not_employed"
    message = _("%(name)s has left already, or has not entered. There is nothing to end.")
    field = "exit"
    conflict = True


class WagesPosted(DomainError):
    code = "people.wages_posted"
    message = _("Wages of %(name)s were posted until %(until)s. Choose a day of that month or later, or "
                "correct the run first.")  # fmt: skip
    conflict = True


class EmployeeInUse(DomainError):
    code = "people.employee_in_use"
    message = _("%(name)s has payslips or movements, which are kept. Enter the exit instead.")
    conflict = True


@transaction.atomic
def leave(
    employee: Employee, *, exit: dt.date, by: User, reason: LeavingReason = LeavingReason.OTHER,
    text: str = "",
) -> list[Finding]:  # fmt: skip
    """Enter the exit (austreten): the last day of the employment that runs on that day.

    An exit that is there already is replaced. Raises ``NotEmployed``, ``WagesPosted``.
    """
    current = held(employee)
    periods = periods_of(current)
    period = next((one for one in reversed(periods) if one.entry <= exit), None)
    if period is None or (period.exit is not None and period != periods[-1]):
        raise NotEmployed(name=current.contact.name)
    findings = _set_span(current, period, period.entry, exit)
    Fact.of(current.company).filter(employee=current, kind="leaving",
                                    valid_from__gte=period.entry).delete()  # fmt: skip
    told = checking.check_fact(Leaving(reason=reason, text=text), Known(current.company, on=exit))
    Fact(company=current.company, employee=current, kind="leaving", valid_from=exit,
         content=told).save(force_insert=True)  # fmt: skip
    _record(current, by, "employee.leave", {"exit": exit})
    later = Fact.of(current.company).filter(employee=current, valid_from__gt=exit)
    if kinds := sorted(set(later.values_list("kind", flat=True))):
        findings.append(Finding(code="people.facts_after_exit", values={"kinds": ", ".join(kinds)}))
    return findings


@transaction.atomic
def re_enter(
    employee: Employee, *, entry: dt.date, by: User, exit: dt.date | None = None,
    function: str = "", facts: Sequence[FactValue] = (),
) -> list[Finding]:  # fmt: skip
    """Let somebody come back (wieder eintreten), on terms of before or on others.

    Raises ``EmploymentsOverlap``, ``ExitBeforeEntry``, ``FactThere`` and what ``checking`` raises.
    """
    current = held(employee)
    require_span(entry, exit)
    others = periods_of(current)
    _require_apart(others, entry, exit)
    period = Employment(company=current.company, employee=current, entry=entry, exit=exit,
                        function=one_line(function, field="function", most=80))  # fmt: skip
    period.save(force_insert=True)
    there = Fact.of(current.company).filter(employee=current, valid_from=entry)
    if there.filter(kind__in=[kind_of(one) for one in facts]).exists():
        raise FactThere(value=entry)
    faults: list[DomainError] = []
    known = Known(current.company, on=clock.today())
    checked = checked_facts(faults, facts, entry, [period], known,
                            current.contact.addresses.all)  # fmt: skip
    raise_all(faults)
    write_facts(current, checked, entry)
    _record(current, by, "employee.return", {"entry": entry, "exit": exit})
    found = plausible.remarks(people.file_of(current, on=entry), entry)
    if not any(kind_of(one) == "wage" for one in facts):
        found.append(Finding(code="people.terms_of_before"))
    return found


@transaction.atomic
def change_employment(
    employment: Employment, *, by: User, entry: dt.date | None = None,
    exit: dt.date | None = AS_IT_IS, function: str | None = None,
) -> list[Finding]:  # fmt: skip
    """Correct entry, exit or function of an employment; an exit of None takes it back.

    Raises ``EmploymentsOverlap``, ``ExitBeforeEntry``, ``WagesPosted``.
    """
    current = held(employment.employee)
    period = Employment.of(current.company).get(pk=employment.pk)
    findings = _set_span(current, period, entry or period.entry,
                         period.exit if exit is AS_IT_IS else exit)  # fmt: skip
    if function is not None:
        period.function = one_line(function, field="function", most=80)
        period.save(update_fields=["function"])
    if period.exit is None:
        Fact.of(current.company).filter(employee=current, kind="leaving",
                                        valid_from__gte=period.entry).delete()  # fmt: skip
    _record(current, by, "employee.change_employment", {"entry": period.entry, "exit": period.exit})
    return findings


@transaction.atomic
def delete_employee(employee: Employee, *, by: User) -> None:
    """Delete somebody who was never paid (löschen); the contact stays. Raises ``EmployeeInUse``."""
    current = held(employee)
    details = {"number": current.number}
    trail.record(company=current.company, by=by, action="employee.delete", subject=current,
                 details=details)  # fmt: skip
    for model in (Fact, EmployeeFile, LeaveEntry, Employment):
        model.of(current.company).filter(employee=current).delete()
    try:
        current.delete()
    except ProtectedError:
        raise EmployeeInUse(name=current.contact.name) from None


def _set_span(
    employee: Employee, period: Employment, entry: dt.date, exit: dt.date | None
) -> list[Finding]:
    """Give an employment other days. What was posted keeps its days within."""
    require_span(entry, exit)
    _require_apart([one for one in periods_of(employee) if one.pk != period.pk], entry, exit)
    posted = posted_until(employee.company, employee.pk)
    findings = []
    if posted is not None and posted >= period.entry:
        month = posted.replace(day=1)
        cut = exit is not None and exit < month
        if cut or (entry != period.entry and max(entry, period.entry) > month):
            raise WagesPosted(field="exit" if cut else "entry", name=employee.contact.name,
                              until=posted)  # fmt: skip
        if entry != period.entry or (exit is not None and exit < posted):
            findings.append(
                Finding(code="people.paid_already", values={"until": swiss_date(posted)})
            )
    period.entry, period.exit = entry, exit
    period.save(update_fields=["entry", "exit"])
    return findings


def require_span(entry: dt.date, exit: dt.date | None) -> None:
    for name, day in (("entry", entry), ("exit", exit)):
        if day is not None and day.year not in clock.YEARS:
            raise checking.DayNotPossible(field=name, value=day)
    if exit is not None and exit < entry:
        raise ExitBeforeEntry(start=entry, end=exit)


def _require_apart(others: Sequence[Employment], entry: dt.date, exit: dt.date | None) -> None:
    clash = [one for one in others
             if one.entry <= (exit or dt.date.max) and entry <= (one.exit or dt.date.max)]  # fmt: skip
    if clash:
        raise EmploymentsOverlap(periods=told_periods(clash))


def _record(employee: Employee, by: User, action: str, details: Mapping[str, Any]) -> None:
    employee.version += 1
    employee.save(update_fields=["version"])
    trail.record(company=employee.company, by=by, action=action, subject=employee,
                 details=trail.filled(details))  # fmt: skip
