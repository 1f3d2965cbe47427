"""How people get wage papers (Zustellart): the company's rule, and what a person wants instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from django.db import transaction

from contacts.letters import greeting
from contacts.queries import first_mails
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.mails.addresses import checked_address
from payroll.delivery.models import DeliverySettings, DeliveryTerms, Reach, Way
from payroll.delivery.refusals import (
    DeliveryChanged,
    NoAddress,
    NoPassword,
    NoPortal,
    UnknownWay,
)
from payroll.employees.models import Employee

SETTINGS: Final = ("way", "reply_to", "tells_employer")


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody as papers reach them; ``way`` holds, ``own_way`` is blank where it is the company's."""

    employee: int
    number: str
    name: str
    language: str
    greeting: str
    way: Way
    own_way: str
    own_mail: str
    contact_mail: str
    has_password: bool
    user: User | None
    invitation: int | None
    version: int
    password: str = field(default="", repr=False)

    @property
    def mail(self) -> str:
        """Where mails go: to who signs in with an address of theirs, else as was told, else the contact's."""
        if self.way == Way.PORTAL:
            return self.user.email if self.user else ""
        return self.own_mail or self.contact_mail

    @property
    def fault(self) -> NoAddress | NoPassword | NoPortal | None:
        """Why nothing reaches them this way; None where it does."""
        if self.way == Way.PORTAL:
            return None if self.user else NoPortal(number=self.number)
        if self.way == Way.MAIL and not self.mail:
            return NoAddress(number=self.number)
        if self.way == Way.MAIL and not self.has_password:
            return NoPassword(number=self.number)
        return None


def settings_of(company: Company) -> DeliverySettings:
    """How a company delivers; on paper until it says otherwise. One query."""
    found = DeliverySettings.of(company).first()
    return found or DeliverySettings(company=company, version=0)


def reached(company: Company, employees: Collection[int]) -> dict[int, Reached]:
    """How papers reach these people (ids): four queries, however many there are."""
    usual = settings_of(company).way
    rows = {row.employee_id: row for row in
            DeliveryTerms.of(company).filter(employee__in=employees).select_related("user")}  # fmt: skip
    people = list(Employee.of(company).filter(pk__in=employees).select_related("contact"))
    mails = first_mails(company, [one.contact_id for one in people])
    return {
        one.pk: _reached(one, rows.get(one.pk), usual, mails.get(one.contact_id, ""))
        for one in people
    }


def reached_one(employee: Employee) -> Reached:
    """As ``reached``, of one person."""
    return reached(employee.company, [employee.pk])[employee.pk]


def _reached(one: Employee, row: DeliveryTerms | None, usual: str, mail: str) -> Reached:
    content: Reach = row.content if row else Reach()
    contact = one.contact
    return Reached(
        employee=one.pk, number=one.number, name=contact.name, language=contact.language,
        greeting=greeting(contact), way=Way((row.way if row else "") or usual),
        own_way=row.way if row else "", own_mail=content.mail, contact_mail=mail,
        has_password=bool(content.password), user=row.user if row else None,
        invitation=row.invitation if row else None, version=row.version if row else 0,
        password=content.password,
    )  # fmt: skip


@transaction.atomic
def change_settings(
    *, company: Company, by: User, way: str | None = None, reply_to: str | None = None,
    tells_employer: bool | None = None, version: int | None = None,
) -> DeliverySettings:  # fmt: skip
    """Say how papers go out as a rule, where answers go, and whether slips tell the employer's part.

    None stays; slips that are made already stay as they are.

    Raises ``UnknownWay``, ``DeliveryChanged`` or what addresses raise.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    row = settings_of(company)
    if version is not None and version != row.version:
        raise DeliveryChanged(number="–")
    before = trail.values(row, *SETTINGS)
    if way is not None:
        row.way = _checked_way(way)
    if reply_to is not None:
        told = reply_to.strip()
        row.reply_to = checked_address(told, field="reply_to") if told else ""
    if tells_employer is not None:
        row.tells_employer = tells_employer
    row.version += 1
    row.save()
    if changes := trail.changes(before, trail.values(row, *SETTINGS)):
        trail.record(company=company, by=by, action="delivery_settings.change", subject=row,
                     details=changes)  # fmt: skip
    return row


@transaction.atomic
def set_terms(
    employee: Employee, *, by: User, way: str | None = None, mail: str | None = None,
    version: int | None = None,
) -> DeliveryTerms:  # fmt: skip
    """Say how somebody gets wage papers: ``way`` blank as the company, ``mail`` blank as the contact.

    None stays. The trail tells the way, never the address. Raises ``UnknownWay``, ``DeliveryChanged``
    or what addresses raise.
    """
    row = held(employee)
    if version is not None and version != row.version:
        raise DeliveryChanged(number=employee.number)
    before = {"way": row.way, "mail": row.content.mail}
    if way is not None:
        row.way = _checked_way(way) if way else ""
    if mail is not None:
        told = mail.strip()
        address = checked_address(told, field="mail") if told else ""
        row.content = msgspec.structs.replace(row.content, mail=address)
    if before == {"way": row.way, "mail": row.content.mail}:
        return row
    details = trail.changes({"way": before["way"]}, {"way": row.way})
    save(row, by=by, action="employee.delivery",
         details=details | {"address": before["mail"] != row.content.mail})  # fmt: skip
    return row


def _checked_way(way: str) -> Way:
    if way not in Way.values:
        raise UnknownWay(value=way[:20], choices=", ".join(Way.values))
    return Way(way)


def held(employee: Employee) -> DeliveryTerms:
    """A person's terms, nobody else changing them until the transaction ends; new ones where there are none."""
    Employee.of(employee.company_id).select_for_update(no_key=True).get(pk=employee.pk)
    found = DeliveryTerms.of(employee.company_id).filter(employee=employee).first()
    return found or DeliveryTerms(
        company_id=employee.company_id, employee=employee, content=Reach(), version=0
    )


def save(row: DeliveryTerms, *, by: User, action: str, details: Mapping[str, object]) -> None:
    """Keep changed terms with their next version, and record what was done."""
    row.version += 1
    row.save()
    trail.record(company=row.company, by=by, action=action, subject=row.employee,
                 details=dict(details))  # fmt: skip
