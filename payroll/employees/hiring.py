"""Coming and going (Eintritt, Austritt): hire, change personal data, leave, come back, delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from contacts import saving
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from payroll.employees import checking, people, personal, plausible
from payroll.employees.above import posted_until
from payroll.employees.checking import told_periods
from payroll.employees.facts import FactValue, Leaving, LeavingReason, Personal, kind_of
from payroll.employees.keeping import AS_IT_IS, FactThere, held, periods_of
from payroll.employees.known import Known
from payroll.employees.models import Employee, EmployeeFile, Employment, Fact, LeaveEntry
from payroll.wages.values import Finding

LONGEST_NUMBER: Final = 12


class NotAPerson(DomainError):
    code = "people.not_a_person"
    message = _("%(name)s is an organisation. Choose a person, or add a new one.")
    field = "contact"


class AlreadyEmployee(DomainError):
    code = "people.already_employee"
    message = _("%(name)s is an employee already (%(number)s). Let that person come back instead.")
    field = "contact"
    conflict = True


class NumberTaken(DomainError):
    code = "people.number_taken"
    message = _("The personnel number %(value)s is taken. Choose another, or leave it blank for the next "
                "one.")  # fmt: skip
    field = "number"


class AhvNumberTaken(DomainError):
    code = "people.ahv_number_taken"
    message = _("%(name)s has the same AHV number. Compare both insurance cards.")
    field = "ahv_number"


class EmployeeChanged(DomainError):
    code = "people.employee_changed"
    message = _("%(name)s was changed by somebody else meanwhile. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    conflict = True


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


@dataclass(frozen=True)
class Hired:
    """A new employee, and what should be looked at."""

    employee: Employee
    remarks: list[Finding] = field(default_factory=list)


@transaction.atomic
def hire(
    *, company: Company, by: User, personal: Personal, entry: dt.date,
    contact: Contact | None = None, person: Mapping[str, Any] | None = None, number: str = "",
    exit: dt.date | None = None, function: str = "", facts: Sequence[FactValue] = (),
    own_values: Mapping[str, Any] | None = None,
) -> Hired:  # fmt: skip
    """Hire somebody (einstellen): a contact that is there, or ``person`` as ``saving.add_contact`` takes it.

    ``facts`` hold from the entry on. Without a number the next one is given. All or nothing.
    Raises ``NotAPerson``, ``AlreadyEmployee``, ``NumberTaken``, ``AhvNumberTaken``, and what
    contacts, ``checking`` and own fields raise.
    """
    known = Known(company, today=clock.today())
    told = _personal(company, personal, known)
    _require_span(entry, exit)
    if contact is None:
        contact = saving.add_contact(
            company=company, by=by, **{**(person or {}), "kind": Contact.Kind.PERSON}
        )
    else:
        contact = saving.held(contact)
        _require_free(contact)
    employee = Employee(
        company=company, contact=contact, number=_number(company, number), personal=told,
        own_values=_own(company, own_values or {}), created_at=clock.now(),
    )  # fmt: skip
    employee.save(force_insert=True)
    period = Employment(company=company, employee=employee, entry=entry, exit=exit,
                        function=one_line(function, field="function", most=80))  # fmt: skip
    period.save(force_insert=True)
    _keep_facts(employee, facts, entry, [period], known)
    details = {"entry": entry, "exit": exit, "number": employee.number,
               "facts": ", ".join(kind_of(one) for one in facts)}  # fmt: skip
    trail.record(company=company, by=by, action="employee.hire", subject=employee,
                 details=trail.filled(details))  # fmt: skip
    return Hired(employee, plausible.remarks(people.file_of(employee, on=entry), entry))


def _keep_facts(
    employee: Employee, facts: Sequence[FactValue], start: dt.date, periods: Sequence[Employment],
    known: Known,
) -> None:  # fmt: skip
    """Write new facts from one day on; of kinds that stand beside each other all of them."""
    rows, counts = [], dict[str, int]()
    for value in facts:
        kind = kind_of(value)
        value = checking.check_fact(value, known)
        checking.check_span(value, start, None, periods)
        counts[kind] = counts.get(kind, 0) + 1
        rows.append(Fact(
            company=employee.company, employee=employee, kind=kind, content=value,
            valid_from=start, key=str(counts[kind]) if kind in people.SEVERAL else "",
        ))  # fmt: skip
    Fact.unscoped.bulk_create(rows)


@transaction.atomic
def change_employee(
    employee: Employee, *, by: User, version: int | None = None, number: str | None = None,
    personal: Personal | None = None, own_values: Mapping[str, Any] | None = None,
) -> Employee:  # fmt: skip
    """Change personal data, number or own fields (ändern); what is None stays.

    Raises ``EmployeeChanged``, ``NumberTaken``, ``AhvNumberTaken`` and what ``checking`` raises.
    """
    current = held(employee)
    if version is not None and version != current.version:
        raise EmployeeChanged(name=current.contact.name)
    known, changed = Known(current.company, today=clock.today()), []
    if personal is not None:
        told = _personal(current.company, personal, known, but=current)
        changed += [name for name in told.__struct_fields__
                    if getattr(told, name) != getattr(current.personal, name)]  # fmt: skip
        current.personal = told
    if number is not None and number.strip() != current.number:
        current.number = _number(current.company, number)
        changed.append("number")
    if own_values is not None:
        kept = _own(current.company, own_values)
        if kept != current.own_values:
            changed.append("own_values")
        current.own_values = kept
    if changed:
        current.version += 1
        current.save()
        trail.record(company=current.company, by=by, action="employee.change", subject=current,
                     details={"fields": ", ".join(changed)})  # fmt: skip
    return current


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
    told = checking.check_fact(
        Leaving(reason=reason, text=text), Known(current.company, today=exit)
    )
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
    _require_span(entry, exit)
    others = periods_of(current)
    _require_apart(others, entry, exit)
    period = Employment(company=current.company, employee=current, entry=entry, exit=exit,
                        function=one_line(function, field="function", most=80))  # fmt: skip
    period.save(force_insert=True)
    there = Fact.of(current.company).filter(employee=current, valid_from=entry)
    if there.filter(kind__in=[kind_of(one) for one in facts]).exists():
        raise FactThere(value=entry)
    _keep_facts(current, facts, entry, [period], Known(current.company, today=clock.today()))
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
    _require_span(entry, exit)
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


def _require_span(entry: dt.date, exit: dt.date | None) -> None:
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


def _require_free(contact: Contact) -> None:
    if contact.is_organisation:
        raise NotAPerson(name=contact.name)
    other = Employee.of(contact.company_id).filter(contact=contact).first()
    if other is not None:
        raise AlreadyEmployee(name=contact.name, number=other.number)


def _personal(
    company: Company, value: Personal, known: Known, but: Employee | None = None
) -> Personal:
    """Checked personal data; the AHV number is compared with those of all others, opened one by one."""
    told = personal.check_personal(value, known)
    if told.ahv_number and (but is None or but.personal.ahv_number != told.ahv_number):
        others = Employee.of(company).select_related("contact")
        for other in others.exclude(pk=but.pk) if but else others:
            if other.personal.ahv_number == told.ahv_number:
                raise AhvNumberTaken(name=other.contact.name)
    return told


def _number(company: Company, number: str) -> str:
    """The number that was chosen, or the next one; others wait for the end of the transaction."""
    number = one_line(number, field="number", most=LONGEST_NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                       [f"employee-number:{company.pk}"])  # fmt: skip
    taken = set(Employee.of(company).values_list("number", flat=True))
    if number in taken:
        raise NumberTaken(value=number)
    numbers = [int(one) for one in taken if one.isascii() and one.isdigit()]
    return number or str(max(numbers, default=0) + 1)


def _own(company: Company, told: Mapping[str, Any]) -> dict[str, Any]:
    return own_values.checked(fields_of(company, Employee.OWN_FIELDS), told) if told else {}


def _record(employee: Employee, by: User, action: str, details: Mapping[str, Any]) -> None:
    employee.version += 1
    employee.save(update_fields=["version"])
    trail.record(company=employee.company, by=by, action=action, subject=employee,
                 details=trail.filled(details))  # fmt: skip
