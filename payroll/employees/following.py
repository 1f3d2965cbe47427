"""Employees are contacts (Mitarbeitende in den Adressen): they follow a merge, and link to payroll."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts import merging, panels
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Module
from erp.core.errors import DomainError
from erp.own_fields import subjects
from payroll.employees.models import Employee


class BothEmployees(DomainError):
    code = "people.both_employees"
    message = _("Both are employees, each with wages of their own. Delete the employee who was entered "
                "by mistake first.")  # fmt: skip
    field = "keep"
    conflict = True


def register() -> None:
    """Tell contacts that some of them are employees, and own fields that these can have some."""
    merging.register("employees", follow, has_any, label=_("employees"))
    subjects.register(
        Employee.OWN_FIELDS, label=_("Employees"), settings=Permission.PAYROLL_SETTINGS,
        values_of=subjects.counted(Employee),
        note=_("Own fields can be searched, so they are not sealed: nothing of health, religion or "
               "garnishment belongs here."),
    )  # fmt: skip
    panels.register_link("employee", label=_("Employee"), permission=Permission.PAYROLL_READ,
                         address=_page, module=Module.PAYROLL)  # fmt: skip


def has_any(contact: Contact) -> bool:
    return Employee.of(contact.company_id).filter(contact=contact).exists()


def follow(keep: Contact, gone: Contact) -> int:
    """An employee goes along with the contact. Raises ``BothEmployees``."""
    rows = Employee.of(keep.company_id).filter(contact__in=(keep, gone))
    if rows.count() > 1:
        raise BothEmployees  # nothing of them is told: who merges may not see employees
    return Employee.of(keep.company_id).filter(contact=gone).update(contact=keep)


def _page(access: Access, contact: Contact) -> str | None:
    employee = Employee.of(access.company).filter(contact=contact).first()
    return reverse("employee", args=[access.company.pk, employee.pk]) if employee else None
