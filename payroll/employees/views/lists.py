"""The list of people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.own_fields.lists import FILTERED, asked, fields_of, narrowed
from erp.own_fields.masks import inputs
from erp.web.pages import CompanyView, id_or_none
from payroll.employees import queries
from payroll.employees.fields import CHOICES
from payroll.employees.models import Employee
from payroll.wages.kinds import Pay

Look = AccessLogEntry.Kind


class Employees(CompanyView):
    """``/c/{company}/payroll/employees/``: found while typing, paged by key."""

    permission = Permission.PAYROLL_READ
    help_page = "employees"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told, today = request.GET, clock.today()
        search = told.get("q", "").replace("\x00", "").strip()[:80]
        state = told.get("state", "")
        state = state if state in queries.STATES else "active"
        order = told.get("order", "name")
        order = order if order.removeprefix("-") in queries.ORDERS else "name"
        own = fields_of(self.company, Employee.OWN_FIELDS)
        wanted = asked(own, told)
        found = narrowed(
            queries.listing(self.company, on=today, state=state, search=search), own, wanted
        )
        page = queries.page_of(found, on=today, order=order, after=id_or_none(told.get("after")),
                               before=id_or_none(told.get("before")))  # fmt: skip
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.SEARCH if search else Look.LIST, count=len(page.lines))  # fmt: skip
        context = {
            "page_title": _("Employees"), "page": page, "search": search, "state": state,
            "order": order, "own": inputs([one for one in own if one.kind in FILTERED], wanted, {}),
            "pays": {code: str(label) for code, label in CHOICES[Pay].items()},
        }  # fmt: skip
        return render(request, "payroll/employees/list.html", context)
