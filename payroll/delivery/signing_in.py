"""Who signs in as which employee (Verknüpfung mit einem Benutzer): their own wage papers, and no other's."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from erp.access.models import Membership, User
from erp.access.permissions import EMPLOYEE, Permission
from erp.access.rights import held as rights_of
from erp.audit import trail
from erp.companies.models import Company
from payroll.delivery import terms
from payroll.delivery.models import DeliveryTerms
from payroll.delivery.refusals import LinkedAlready, LinkedElsewhere, NotAMemberHere
from payroll.employees.models import Employee

ROLE: Final = EMPLOYEE  # the ready-made role that shows one's own wage, and nothing else


@transaction.atomic
def link(employee: Employee, *, email: str, by: User) -> DeliveryTerms:
    """Let a member of the company see a person's wage papers as their own (verknüpfen).

    Whoever does this sees all wages anyway: the caller asks for that right, too. Raises
    ``NotAMemberHere``, ``LinkedAlready`` or ``LinkedElsewhere``.
    """
    company = employee.company
    told = email.strip().lower()
    member = Membership.of(company).filter(user__email=told).select_related("user").first()
    if member is None or Permission.PAYROLL_OWN not in rights_of(member.user, company).own:
        raise NotAMemberHere(email=told[:60])
    return _linked(employee, member.user, by=by)


@transaction.atomic
def await_invited(employee: Employee, *, invitation: int, by: User) -> DeliveryTerms:
    """Keep that whoever accepts an invitation (its number) is this person. Raises ``LinkedAlready``."""
    row = terms.held(employee)
    _require_free(employee, row)
    row.invitation = invitation
    terms.save(row, by=by, action="employee.invite", details={"invitation": invitation})
    return row


def require_free(employee: Employee) -> None:
    """Refuse somebody who signs in already. Raises ``LinkedAlready``."""
    _require_free(employee, terms.held(employee))


@transaction.atomic
def claim(company: Company, *, invitation: int, user: User) -> None:
    """An invitation was accepted: who did so is the person it was for, if it was for one."""
    found = DeliveryTerms.of(company).filter(invitation=invitation, user=None).first()
    if found is None or DeliveryTerms.of(company).filter(user=user).exists():
        return  # it was for other roles, or they sign in as somebody else
    employee = Employee.of(company).select_related("company").get(pk=found.employee_id)
    _linked(employee, user, by=user)


@transaction.atomic
def unlink(employee: Employee, *, by: User) -> DeliveryTerms:
    """Take somebody's look at wage papers away, and forget an invitation (Verknüpfung lösen)."""
    row = terms.held(employee)
    if row.user_id is None and row.invitation is None:
        return row
    row.user = row.invitation = None
    terms.save(row, by=by, action="employee.unlink", details={})
    return row


def employee_of(company: Company, user: User) -> Employee | None:
    """The person that a user signs in as in a company; None where there is none. One query."""
    rows = DeliveryTerms.of(company).filter(user=user).select_related("employee__contact")
    found = rows.defer("content").first()
    return found.employee if found else None


def _linked(employee: Employee, user: User, *, by: User) -> DeliveryTerms:
    row = terms.held(employee)
    _require_free(employee, row)
    taken = DeliveryTerms.of(employee.company_id).filter(user=user).select_related("employee")
    if (other := taken.first()) is not None:
        raise LinkedElsewhere(email=user.email, number=other.employee.number)
    row.user, row.invitation = user, None
    terms.save(row, by=by, action="employee.link", details=trail.filled({"user": user.email}))
    return row


def _require_free(employee: Employee, row: DeliveryTerms) -> None:
    if row.user is not None:
        raise LinkedAlready(number=employee.number, email=row.user.email)
