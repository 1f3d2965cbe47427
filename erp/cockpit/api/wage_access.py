"""``…/wage-delivery/{employee}/invite/``: letting somebody see their own wage papers, by invitation."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import User
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.api.schema import KEY
from erp.cockpit.joining import send_link
from erp.cockpit.wage_access import invite_employee
from payroll.employees.models import Employee


class InviteEmployeeInput(Input):
    seen = serializers.EmailField(
        max_length=254, help_text="The address of their wage papers, as it was looked at"
    )


class InvitedEmployeeOutput(serializers.Serializer[Any]):
    """Who is invited; ``linked`` where they worked in the company already, and nothing is sent."""

    employee = serializers.IntegerField()
    email = serializers.CharField()
    linked = serializers.BooleanField()


class WageAccessViewSet(CompanyViewSet):
    """``…/wage-delivery/{employee}/invite/``"""

    permissions = {"create": Permission.MEMBERS_CHANGE}
    step_up = frozenset(permissions)
    serializer_class = InvitedEmployeeOutput
    queryset = Employee.unscoped.none()
    lookup_url_kwarg = "employee"

    def get_queryset(self) -> QuerySet[Employee]:
        return Employee.of(self.company).select_related("company", "contact")

    @extend_schema(
        request=InviteEmployeeInput, responses={201: InvitedEmployeeOutput}, parameters=[KEY]
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Invite a person to see their own wage papers; wants the second factor."""
        self.access.require(Permission.PAYROLL_PEOPLE)
        self.access.require(Permission.PAYROLL_READ)
        employee = self.get_object()

        def act() -> Response:
            done = invite_employee(employee, by=self.access.user, **self.told(InviteEmployeeInput))
            linked = isinstance(done, User)
            if not isinstance(done, User):
                send_link(request._request, done)
            email = done.email if isinstance(done, User) else done.invitation.email
            told = {"employee": employee.pk, "email": email, "linked": linked}
            return Response(InvitedEmployeeOutput(told).data, 201)

        return self.once(act)
