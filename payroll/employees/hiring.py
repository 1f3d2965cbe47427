"""Coming and going (Eintritt, Austritt): hire, change personal data, leave, come back, delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from contacts import saving
from contacts.drafting import Draft
from contacts.models import Contact
from contacts.numbers import require_free
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, gathered, raise_all
from erp.core.texts import one_line
from erp.own_fields import values as own_values
from payroll.employees import people, plausible
from payroll.employees import personal as personal_data
from payroll.employees.employments import require_span
from payroll.employees.facts import (
    FactValue,
    Personal,
    kind_of,
)
from payroll.employees.keeping import Addresses, checked_facts, fact_rows, held
from payroll.employees.known import Known
from payroll.employees.models import Employee, Employment, Fact
from payroll.wages.values import Finding

LONGEST_NUMBER: Final = 12
_BATCH: Final = 1_000  # rows of a statement


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


@dataclass(frozen=True)
class Checked:
    """Somebody who can be hired: nothing of it is written. ``draft`` is of a contact that is new."""

    employee: Employee
    period: Employment
    facts: list[FactValue]
    draft: Draft | None = None


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
    found = check(
        Known(company, on=clock.today()), personal=personal, entry=entry, exit=exit, number=number,
        contact=saving.held(contact) if contact is not None else None, person=person,
        function=function, facts=facts, own_values=own_values,
    )  # fmt: skip
    write([found], company=company, by=by)
    return Hired(found.employee, plausible.remarks(people.file_of(found.employee, on=entry), entry))


def check(
    known: Known, *, personal: Personal, entry: dt.date, contact: Contact | None = None,
    person: Mapping[str, Any] | None = None, number: str = "", exit: dt.date | None = None,
    function: str = "", facts: Sequence[FactValue] = (),
    own_values: Mapping[str, Any] | None = None,
) -> Checked:  # fmt: skip
    """Check somebody as ``hire`` takes them, writing nothing; ``contact`` is held by whoever calls.

    Of many who share what is ``known`` each knows of those before. Raises as ``hire`` does.
    """
    faults: list[DomainError] = []
    told = gathered(faults, lambda: _personal(personal, known))
    gathered(faults, lambda: require_span(entry, exit))
    draft: Draft | None = None
    addresses: Addresses | None = None
    if contact is None:
        draft = gathered(faults, lambda: _drafted(known, person or {}))
        there = draft.addresses or () if draft else ()
        addresses = (lambda: there) if draft else None
    else:
        free: Contact = contact
        if gathered(faults, lambda: _require_free(free, known)):
            addresses = free.addresses.all
    who = draft.contact if draft else contact
    period = Employment(company=known.company, entry=entry, exit=exit,
                        function=one_line(function, field="function", most=80))  # fmt: skip
    checked = checked_facts(faults, facts, entry, [period], known, addresses)
    own = gathered(faults, lambda: _own(known, own_values or {}))
    chosen = gathered(faults, lambda: _number(known, number))
    raise_all(faults)
    employee = Employee(company=known.company, contact=who, number=chosen or "", personal=told,
                        own_values=own, created_at=clock.now())  # fmt: skip
    period.employee = employee
    known.add(employee)
    return Checked(employee, period, checked, draft)


@transaction.atomic
def write(found: Sequence[Checked], *, company: Company, by: User) -> None:
    """Hire those who were checked: as many statements for many as for one, but for batches of a thousand."""
    saving.add_drafts([one.draft for one in found if one.draft], company=company, by=by)
    Employee.unscoped.bulk_create((one.employee for one in found), batch_size=_BATCH)
    Employment.unscoped.bulk_create((one.period for one in found), batch_size=_BATCH)
    Fact.unscoped.bulk_create(
        (row for one in found for row in fact_rows(one.employee, one.facts, one.period.entry)),
        batch_size=_BATCH,
    )
    trail.record_many(company=company, by=by, action="employee.hire", subjects=[
        (one.employee, trail.filled({
            "entry": one.period.entry, "exit": one.period.exit, "number": one.employee.number,
            "facts": ", ".join(kind_of(fact) for fact in one.facts),
        })) for one in found
    ])  # fmt: skip


def _drafted(known: Known, person: Mapping[str, Any]) -> Draft:
    told = dict(person)
    if (number := told.pop("number", None)) is not None:
        require_free(known.company, number)
    draft = saving.drafted(known.places, **{**told, "kind": Contact.Kind.PERSON})
    draft.contact.number = number
    return draft


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
        told = _personal(personal, known, but=current)
        changed += [name for name in told.__struct_fields__
                    if getattr(told, name) != getattr(current.personal, name)]  # fmt: skip
        current.personal = told
    if number is not None and number.strip() != current.number:
        current.number = _number(known, number)
        changed.append("number")
    if own_values is not None:
        kept = _own(known, own_values)
        if kept != current.own_values:
            changed.append("own_values")
        current.own_values = kept
    if changed:
        current.version += 1
        current.save()
        trail.record(company=current.company, by=by, action="employee.change", subject=current,
                     details={"fields": ", ".join(changed)})  # fmt: skip
    return current


def _require_free(contact: Contact, known: Known) -> bool:
    if contact.is_organisation:
        raise NotAPerson(name=contact.name)
    if contact.pk in known.employed:
        raise AlreadyEmployee(name=contact.name, number=known.employed[contact.pk])
    return True


def _personal(value: Personal, known: Known, but: Employee | None = None) -> Personal:
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
    return number or known.next_number()


def hold_numbers(known: Known) -> None:
    """Let nobody else give a personnel number until the end of the transaction, and look at those there are."""
    if "numbers" not in vars(known):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                           [f"employee-number:{known.company.pk}"])  # fmt: skip
        _ = known.numbers


def _own(known: Known, told: Mapping[str, Any]) -> dict[str, Any]:
    return own_values.checked(known.own_fields, told) if told else {}
