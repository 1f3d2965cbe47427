"""``…/employees/`` and ``…/employments/``: hired, read, changed, leaving, coming back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.api.endpoints import CompanyViewSet, session_of
from erp.api.permissions import StepUpNeeded
from erp.api.reports import FORM, Filed
from erp.api.schema import KEY
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from payroll.employees import (
    due,
    employments,
    exporting,
    hiring,
    leave,
    missing,
    people,
    plausible,
    queries,
)
from payroll.employees.api.shapes import (
    BalanceOutput,
    ComingOutput,
    EmployeeChange,
    EmployeeInput,
    EmployeeOutput,
    EmploymentChange,
    EmploymentOutput,
    LeaveInput,
    RemarkOutput,
    ReturnInput,
)
from payroll.employees.facts import FactValue, LeavingReason, Payout, Personal
from payroll.employees.models import Employee, Employment
from payroll.employees.reading import decoded, decoded_as
from payroll.employees.telling import all_told
from payroll.rates.figures import reference_ages
from payroll.wages.values import Finding

Look = AccessLogEntry.Kind


def facts_of(told: Iterable[dict[str, Any]]) -> list[FactValue]:
    return [decoded(one["kind"], one["content"]) for one in told]


def require_fresh(request: Request, facts: Iterable[FactValue]) -> None:
    """Whoever says where money goes to has used the second factor a moment ago."""
    if any(isinstance(one, Payout) for one in facts) and not is_fresh(session_of(request)):
        raise StepUpNeeded


def remarks(findings: Iterable[Finding]) -> Any:
    return RemarkOutput(all_told(findings), many=True).data


class EmployeeQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=80, required=False, help_text="Words of name, town, number"
    )
    state = serializers.ChoiceField(choices=queries.STATES, default="active")
    ahv = serializers.BooleanField(default=False, help_text="Whether a file has AHV numbers")


class YearQuery(serializers.Serializer[Any]):
    year = serializers.IntegerField(required=False, min_value=1900, max_value=2199)


class DueQuery(serializers.Serializer[Any]):
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class EmployeeViewSet(Filed):
    """``…/employees/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "findings": Permission.PAYROLL_READ,
        "balances": Permission.PAYROLL_READ,
        "due": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_PEOPLE,
        "partial_update": Permission.PAYROLL_PEOPLE,
        "destroy": Permission.PAYROLL_PEOPLE,
        "leave": Permission.PAYROLL_PEOPLE,
        "come_back": Permission.PAYROLL_PEOPLE,
    }
    takes_along = {"list": Permission.PAYROLL_EXPORT}
    fresh = frozenset({"list"})
    serializer_class = EmployeeOutput
    queryset = Employee.unscoped.none()
    ordering = ("number", "id")

    def get_queryset(self) -> QuerySet[Employee]:
        rows = Employee.of(self.company).select_related("company", "contact")
        return rows.prefetch_related(Prefetch("employments", Employment.unscoped.order_by("entry")))

    @extend_schema(parameters=[EmployeeQuery, FORM])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Employees by state and words; as a file all of them at once, with the second factor."""
        told = self.asked(EmployeeQuery)
        if self.form:
            return self._filed(told)
        found = queries.listing(self.company, on=clock.today(), state=told["state"],
                                search=told.get("q", ""))  # fmt: skip
        page = self.paginate_queryset(self.get_queryset().filter(pk__in=found.values("pk"))) or []
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.SEARCH if told.get("q") else Look.LIST, count=len(page))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _filed(self, told: dict[str, Any]) -> HttpResponse:
        made, count = exporting.listed_table(
            self.company, on=clock.today(), state=told["state"], search=told.get("q", ""),
            with_ahv=told["ahv"],
        )  # fmt: skip
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.EXPORT, count=count)  # fmt: skip
        return self.filed(made)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        self._note(found)
        return self.shown(found)

    @extend_schema(request=EmployeeInput, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Hire somebody with the facts of the first wage; answers with the id and remarks' codes.

        What was sent is not repeated: the answer is kept for its key, and holds nothing secret.
        """

        def act() -> Response:
            told = self.told(EmployeeInput)
            told["personal"] = decoded_as(Personal, told["personal"], place="personal")
            told["facts"] = facts_of(told.get("facts", ()))
            require_fresh(request, told["facts"])
            hired = hiring.hire(company=self.company, by=self.access.user, **told)
            codes = [one.code for one in hired.remarks]
            return Response({"id": hired.employee.pk, "number": hired.employee.number,
                             "remarks": codes}, status=201)  # fmt: skip

        return self.once(act)

    @extend_schema(request=EmployeeChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change number, personal data (as a whole), own fields."""
        employee, told = self.changing(), self.told(EmployeeChange, partial=True)
        if "personal" in told:
            told["personal"] = decoded_as(Personal, told["personal"], place="personal")
        hiring.change_employee(employee, by=self.access.user, **told)
        return self.shown(self.get_queryset().get(pk=employee.pk))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete somebody who was never paid; the contact stays."""
        employments.delete_employee(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=LeaveInput, responses=RemarkOutput(many=True))
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Enter the exit; the answer is what should be looked at."""
        employee, told = self.get_object(), self.told(LeaveInput)
        told["reason"] = LeavingReason(told["reason"])
        return Response(remarks(employments.leave(employee, by=self.access.user, **told)))

    @extend_schema(request=ReturnInput, responses=RemarkOutput(many=True))
    @action(detail=True, methods=["post"], url_path="return")
    def come_back(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let somebody come back; the answer is what should be looked at."""
        employee, told = self.get_object(), self.told(ReturnInput)
        told["facts"] = facts_of(told.get("facts", ()))
        require_fresh(request, told["facts"])
        return Response(remarks(employments.re_enter(employee, by=self.access.user, **told)))

    @extend_schema(responses=RemarkOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def findings(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What is missing for this month's run, and what is unlikely."""
        employee, today = self.get_object(), clock.today()
        self._note(employee)
        file = people.file_of(employee, on=today)
        found = [*missing.before_run(file, today.replace(day=1)), *plausible.remarks(file, today)]
        return Response(remarks(found))

    @extend_schema(parameters=[YearQuery], responses=BalanceOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def balances(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Holidays and overtime of a year."""
        employee = self.get_object()
        self._note(employee)
        year = self.asked(YearQuery).get("year", clock.today().year)
        return Response(BalanceOutput(leave.balances_of(employee, year), many=True).data)

    @extend_schema(parameters=[DueQuery], responses=ComingOutput(many=True))
    @action(detail=False, methods=["get"])
    def due(self, request: Request, **kwargs: Any) -> Response:
        """Birthdays that matter, allowances and permits that end, entries and exits in a span."""
        told, today = self.asked(DueQuery), clock.today()
        first = told.get("since", today)
        found = people.filled(queries.listing(self.company, on=first), on=today)
        last = told.get("until", first + dt.timedelta(days=120))
        rows = due.coming(found, first=first, last=last, ages=reference_ages())
        page = self.page_of(rows, by=lambda one: f"{one.file.id} {one.day} {one.text}")
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind=Look.LIST, count=len({one.file.id for one in page}))  # fmt: skip
        return self.get_paginated_response(ComingOutput(page, many=True).data)

    def _note(self, employee: Employee) -> None:
        access_log.note(company=self.company, by=self.access.user, subject=employee, kind=Look.READ)


class EmploymentViewSet(CompanyViewSet):
    """``…/employments/``"""

    permissions = {
        "retrieve": Permission.PAYROLL_READ,
        "partial_update": Permission.PAYROLL_PEOPLE,
    }
    serializer_class = EmploymentOutput
    queryset = Employment.unscoped.none()

    def get_queryset(self) -> QuerySet[Employment]:
        return Employment.of(self.company).select_related("employee", "company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=found.employee,
                        kind=Look.READ)  # fmt: skip
        return self.shown(found)

    @extend_schema(request=EmploymentChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Correct entry, exit or function."""
        employment, told = self.changing(), self.told(EmploymentChange, partial=True)
        employments.change_employment(employment, by=self.access.user, **told)
        return self.shown(self.get_queryset().get(pk=employment.pk))
