"""One employee: the page, and the form of what does not change with time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.own_fields import masks as own_masks
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from erp.web.dates import read_day
from erp.web.pages import refused
from payroll.employees import hiring, masks, missing, people, plausible, reading, showing
from payroll.employees.facts import SEVERAL, Personal
from payroll.employees.fields import KINDS, PERSONAL
from payroll.employees.known import Known
from payroll.employees.models import Employee, EmployeeFile
from payroll.employees.queries import current
from payroll.employees.telling import all_told
from payroll.employees.views.base import OfEmployee


class EmployeePage(OfEmployee):
    """``/c/{company}/payroll/employees/{employee}/``: all that is known, as of a day."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee, today = self.found(), clock.today()
        day = read_day(request.GET.get("on")) or today
        file, known = people.file_of(employee, on=day), self.known()
        self.note(employee)
        period = current(file, day)
        own = fields_of(self.company, Employee.OWN_FIELDS) if employee.own_values else []
        files = EmployeeFile.of(self.company).filter(employee=employee).defer("content")
        context = {
            "page_title": file.name, "employee": employee, "file": file, "day": day,
            "today": today, "period": period, "is_employed": bool(file.employed(day, day)),
            "personal": showing.lines_of(file.personal, PERSONAL, known, open_ahv=self.opens_ahv),
            "rows": self._rows(file, known, day),
            "history": self._history(file, known, day),
            "findings": all_told([*missing.before_run(file, day.replace(day=1)),
                                  *plausible.remarks(file, day)]),
            "own_values": own_values.shown(own, employee.own_values),
            "files": files.order_by("-added_at"),
        }  # fmt: skip
        return render(request, "payroll/employees/person.html", context)

    def _rows(self, file: people.PersonFile, known: Known, day: dt.date) -> list[Any]:
        """Each kind with what holds on the day; those that are missing can be entered."""
        shown = defaultdict(list)
        for held in file.facts:
            if held.meets(day, day):
                one = showing.shown(held, known, on=day, open_ahv=self.opens_ahv)
                shown[held.kind].append(one)
        return [(kind, shown[kind.name], kind.name in SEVERAL)
                for kind in KINDS.values() if kind.name != "leaving" or shown[kind.name]]  # fmt: skip

    def _history(self, file: people.PersonFile, known: Known, day: dt.date) -> list[Any]:
        """All facts, those that begin last first."""
        facts = sorted(file.facts, key=lambda one: (one.first, one.id), reverse=True)
        return [showing.shown(one, known, on=day, open_ahv=self.opens_ahv) for one in facts]


class EditEmployee(OfEmployee):
    """``/c/{company}/payroll/employees/{employee}/edit/``: personal data, number, own fields."""

    permission = Permission.PAYROLL_PEOPLE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee = self.found()
        own = fields_of(self.company, Employee.OWN_FIELDS)
        told = reading.as_typed(employee.personal, PERSONAL)
        mask = masks.Mask(told | {"number": employee.number, "version": str(employee.version)})
        return self._show(employee, mask, own_masks.as_typed(own, employee.own_values))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee = self.found()
        fields = fields_of(self.company, Employee.OWN_FIELDS)
        told, own = masks.sent(request.POST, PERSONAL), own_masks.sent(fields, request.POST)
        number, version = request.POST.get("number", ""), request.POST.get("version", "")
        mask = masks.Mask(told | {"number": number, "version": version})
        try:
            with transaction.atomic():
                hiring.change_employee(
                    employee, by=self.access.user, number=number,
                    personal=reading.read(Personal, PERSONAL, told),
                    own_values={code: value for code, value in own.items() if value},
                    version=int(version) if version.isascii() and version.isdigit() else 0,
                )  # fmt: skip
        except DomainError as refusal:
            mask.refuse(refusal)
            return refused(request, self._show(employee, mask, own))
        messages.success(request, _("%s is saved.") % employee.contact.name)
        return self.home(employee)

    def _show(self, employee: Employee, mask: masks.Mask, own: dict[str, str]) -> HttpResponse:
        self.note(employee)
        inputs = masks.inputs(Personal, PERSONAL, mask, self.known())
        fields = fields_of(self.company, Employee.OWN_FIELDS)
        shown = own_masks.inputs(fields, own, mask.faults)
        number = masks.Input("number", _("Personnel number"), "text", mask.values["number"],
                             most=12, fault=mask.faults.get("number", ""))  # fmt: skip
        others = mask.others([number, *inputs])
        context = {
            "page_title": employee.contact.name, "employee": employee, "inputs": [number, *inputs],
            "own": shown, "version": mask.values["version"],
            "others": [text for text in others if text not in {one.fault for one in shown}],
            "back_url": reverse("employee", args=[self.company.pk, employee.pk]),
        }  # fmt: skip
        return render(self.request, "payroll/employees/edit.html", context)
