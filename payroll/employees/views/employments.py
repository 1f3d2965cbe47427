"""Exit, return, other days of an employment; and somebody who was never paid goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import id_of, refused
from payroll.employees import employments
from payroll.employees.common import ValueMissing
from payroll.employees.facts import LeavingReason
from payroll.employees.fields import CHOICES
from payroll.employees.models import Employee, Employment
from payroll.employees.reading import NotAChoice, day_of
from payroll.employees.views.base import OfEmployee
from payroll.wages.values import Finding


class Employments(OfEmployee):
    """``…/employees/{employee}/employments/``"""

    permission = Permission.PAYROLL_PEOPLE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.found(), {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee, act = self.found(), request.POST.get("act", "")
        acts = {"leave": self._leave, "return": self._return, "change": self._change}
        if act == "delete":
            return self._delete(employee)
        if act not in acts:
            raise Http404
        try:
            with transaction.atomic():
                findings = acts[act](request, employee)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(employee, request.POST))
        messages.success(request, _("%s is saved.") % employee.contact.name)
        self.say(findings)
        return self.home(employee)

    def _leave(self, request: HttpRequest, employee: Employee) -> list[Finding]:
        told = request.POST
        last = day_of(told.get("exit", ""), "exit")
        if last is None:
            raise ValueMissing(field="exit", name=_("Exit"))
        reason = told.get("reason", "")
        if reason not in set(LeavingReason):
            raise NotAChoice(field="reason", value=reason[:20], known=", ".join(LeavingReason))
        return employments.leave(employee, exit=last, reason=LeavingReason(reason),
                                 text=told.get("text", ""), by=self.access.user)  # fmt: skip

    def _return(self, request: HttpRequest, employee: Employee) -> list[Finding]:
        told = request.POST
        entry = day_of(told.get("entry", ""), "entry")
        if entry is None:
            raise ValueMissing(field="entry", name=pgettext("employment", "Entry"))
        return employments.re_enter(
            employee, entry=entry, exit=day_of(told.get("exit", ""), "exit"),
            function=told.get("function", ""), by=self.access.user,
        )  # fmt: skip

    def _change(self, request: HttpRequest, employee: Employee) -> list[Finding]:
        told = request.POST
        rows = Employment.of(self.company).filter(employee=employee)
        period = get_object_or_404(
            rows.select_related("employee"), pk=id_of(told.get("employment"))
        )
        return employments.change_employment(
            period, entry=day_of(told.get("entry", ""), "entry"),
            exit=day_of(told.get("exit", ""), "exit"), function=told.get("function", ""),
            by=self.access.user,
        )  # fmt: skip

    def _delete(self, employee: Employee) -> HttpResponse:
        try:
            with transaction.atomic():
                employments.delete_employee(employee, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return self.home(employee)
        messages.success(self.request, _("%s is deleted.") % employee.contact.name)
        return redirect("employees", self.company.pk)

    def _show(self, employee: Employee, typed: Any) -> HttpResponse:
        self.note(employee)
        rows = list(Employment.of(self.company).filter(employee=employee).order_by("-entry"))
        context = {
            "page_title": _("Entry and exit: %s") % employee.contact.name, "employee": employee,
            "rows": rows, "reasons": CHOICES[LeavingReason].items(), "typed": typed,
            "has_left": all(one.exit is not None for one in rows),
        }  # fmt: skip
        return render(self.request, "payroll/employees/employments.html", context)
