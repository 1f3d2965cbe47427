"""Coming and going (Eintritt, Austritt): hire, change personal data, leave, come back, delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from contacts import saving
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from payroll.employees import people, plausible
from payroll.employees import personal as personal_data
from payroll.employees.common import gathered, raise_all
from payroll.employees.employments import require_span
from payroll.employees.facts import (
    FactValue,
    Personal,
    kind_of,
)
from payroll.employees.keeping import checked_facts, held, write_facts
from payroll.employees.known import Known
from payroll.employees.models import Employee, Employment
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
    own_values: Mapping[str, Any] | None = None, known: Known | None = None, looks: bool = True,
) -> Hired:  # fmt: skip
    """Hire somebody (einstellen): a contact that is there, or ``person`` as ``saving.add_contact`` takes it.

    ``facts`` hold from the entry on. Without a number the next one is given. All or nothing. Whoever
    hires many hands on what is ``known``, and does without ``looks`` for remarks.
    Raises ``NotAPerson``, ``AlreadyEmployee``, ``NumberTaken``, ``AhvNumberTaken``, and what
    contacts, ``checking`` and own fields raise.
    """
    known = known or Known(company, on=clock.today())
    faults: list[DomainError] = []
    told = gathered(faults, lambda: _personal(company, personal, known))
    gathered(faults, lambda: require_span(entry, exit))
    given = _contact(company, contact, person or {}, by)
    who = gathered(faults, given)
    period = Employment(company=company, entry=entry, exit=exit,
                        function=one_line(function, field="function", most=80))  # fmt: skip
    checked = checked_facts(faults, facts, entry, [period], known, who)
    own = gathered(faults, lambda: _own(company, own_values or {}))
    chosen = gathered(faults, lambda: _number(known, number))
    raise_all(faults)
    employee = Employee(company=company, contact=who, number=chosen or "", personal=told,
                        own_values=own, created_at=clock.now())  # fmt: skip
    employee.save(force_insert=True)
    known.numbers.add(employee.number)
    if employee.personal.ahv_number:
        known.ahv_numbers[employee.personal.ahv_number] = (employee.pk, employee.contact.name)
    period.employee = employee
    period.save(force_insert=True)
    write_facts(employee, checked, entry, is_new=True)
    details = {"entry": entry, "exit": exit, "number": employee.number,
               "facts": ", ".join(kind_of(one) for one in facts)}  # fmt: skip
    trail.record(company=company, by=by, action="employee.hire", subject=employee,
                 details=trail.filled(details))  # fmt: skip
    remarks = plausible.remarks(people.file_of(employee, on=entry), entry) if looks else []
    return Hired(employee, remarks)


def _contact(
    company: Company, contact: Contact | None, person: Mapping[str, Any], by: User
) -> Callable[[], Contact]:
    """How to come by the contact: the one that is there, once it is known to be free, or a new one."""

    def there() -> Contact:
        assert contact is not None
        held_contact = saving.held(contact)
        _require_free(held_contact)
        return held_contact

    def new() -> Contact:
        return saving.add_contact(company=company, by=by, **{**person, "kind": Contact.Kind.PERSON})

    return there if contact is not None else new


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
    known, changed = Known(current.company, on=clock.today()), []
    if personal is not None:
        told = _personal(current.company, personal, known, but=current)
        changed += [name for name in told.__struct_fields__
                    if getattr(told, name) != getattr(current.personal, name)]  # fmt: skip
        current.personal = told
    if number is not None and number.strip() != current.number:
        current.number = _number(known, number)
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
    told = personal_data.check_personal(value, known)
    other = known.ahv_numbers.get(told.ahv_number) if told.ahv_number else None
    if other is not None and (but is None or other[0] != but.pk):
        raise AhvNumberTaken(name=other[1])
    return told


def _number(known: Known, number: str) -> str:
    """The number that was chosen, or the next one; others wait for the end of the transaction."""
    number = one_line(number, field="number", most=LONGEST_NUMBER)
    hold_numbers(known)
    if number in known.numbers:
        raise NumberTaken(value=number)
    numbers = [int(one) for one in known.numbers if one.isascii() and one.isdigit()]
    return number or str(max(numbers, default=0) + 1)


def hold_numbers(known: Known) -> None:
    """Let nobody else give a personnel number until the end of the transaction, and look at those there are."""
    if "numbers" not in vars(known):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                           [f"employee-number:{known.company.pk}"])  # fmt: skip
        _ = known.numbers


def _own(company: Company, told: Mapping[str, Any]) -> dict[str, Any]:
    return own_values.checked(fields_of(company, Employee.OWN_FIELDS), told) if told else {}
