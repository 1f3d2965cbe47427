"""Holidays and overtime of a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import typed_amount
from erp.web.pages import id_of, refused
from payroll.employees import leave, people
from payroll.employees.common import ValueMissing
from payroll.employees.facts import LeaveKind
from payroll.employees.fields import CHOICES
from payroll.employees.models import Employee, LeaveEntry
from payroll.employees.reading import NotAChoice, day_of
from payroll.employees.views.base import OfEmployee


class Leave(OfEmployee):
    """``…/employees/{employee}/leave/``"""

    permissions = {"POST": Permission.PAYROLL_CAPTURE}
    help_page = "employee-leave"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.found(), {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee, told = self.found(), request.POST
        try:
            with transaction.atomic():
                if told.get("remove"):
                    rows = LeaveEntry.of(self.company).filter(employee=employee)
                    row = get_object_or_404(
                        rows.select_related("employee"), pk=id_of(told["remove"])
                    )
                    leave.remove(row, by=self.access.user)
                else:
                    self._book(request, employee)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(employee, told))
        messages.success(request, _("%s is saved.") % employee.contact.name)
        return redirect("employee-leave", self.company.pk, employee.pk)

    def _book(self, request: HttpRequest, employee: Employee) -> None:
        told = request.POST
        kind, date = told.get("kind", ""), day_of(told.get("date", ""), "date")
        if kind not in set(LeaveKind):
            raise NotAChoice(field="kind", value=kind[:20], known=", ".join(LeaveKind))
        if date is None:
            raise ValueMissing(field="date", name=_("Date"))
        leave.book(employee, kind=LeaveKind(kind), date=date, text=told.get("text", ""),
                   amount=typed_amount(told.get("amount", ""), field="amount"),
                   by=self.access.user)  # fmt: skip

    def _show(self, employee: Employee, typed: Any) -> HttpResponse:
        self.note(employee)
        today = clock.today()
        text = self.request.GET.get("year", "")
        year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
        file = people.file_of(employee, on=today)
        rows = leave.entries_of(employee)
        bookings = [(row.date, row.content) for row in rows]
        labels = {code: str(label) for code, label in CHOICES[LeaveKind].items()}
        context = {
            "page_title": _("Leave: %s") % employee.contact.name, "employee": employee,
            "year": year, "years": (year - 1, year + 1), "typed": typed,
            "kinds": labels.items(),
            "balances": [(labels[one.kind], one) for one in leave.balances(file, bookings, year)],
            "counted": [(labels[kind], days) for kind, days in leave.counted(bookings, year)],
            "rows": [(row, labels[row.content.kind]) for row in reversed(rows)
                     if row.date.year == year],
        }  # fmt: skip
        return render(self.request, "payroll/employees/leave.html", context)
