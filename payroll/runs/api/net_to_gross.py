"""``…/payroll/net-to-gross/``: which gross brings a person to a net wage, and taking over what was found."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input, MonthField, named
from erp.api.schema import KEY
from erp.audit import access_log
from payroll.employees.models import Employee
from payroll.runs.api.shapes import LARGEST_ID
from payroll.runs.findings import in_words
from payroll.runs.net_to_gross import (
    Grossed,
    gross_of,
    take_over_movement,
    take_over_wage,
)
from payroll.runs.words import why_in_words
from payroll.wages.net_to_gross import Target


class NetToGrossInput(Input):
    """``type`` is a wage type that is paid beside the contract; without it the monthly wage is looked for."""

    employee = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    month = MonthField()
    wanted = AmountField(positive=True)
    target = serializers.CharField(
        max_length=6, required=False, help_text="net (the default) or payout"
    )
    type = serializers.IntegerField(min_value=1, max_value=99_999, required=False)

    def validate_target(self, value: str) -> str:
        if value not in set(Target):
            raise serializers.ValidationError("Send net or payout.", code="invalid_choice")
        return value


class NetToGrossOutput(serializers.Serializer[Any]):
    """What was found, in CHF; ``exact`` is false where ``why`` says what is not as wanted."""

    employee = serializers.IntegerField(source="employee.pk")
    month = MonthField()
    type = serializers.IntegerField(allow_null=True)
    wanted = AmountField()
    amount = AmountField()
    reached = AmountField()
    gross = AmountField(source="slip.gross")
    net = AmountField(source="slip.net")
    payout = AmountField(source="slip.payout")
    exact = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    def get_exact(self, row: Grossed) -> bool:
        return row.why is None

    def get_why(self, row: Grossed) -> str:
        return why_in_words(row.why) if row.why else ""

    def get_findings(self, row: Grossed) -> list[str]:
        return [in_words(one) for one in row.slip.findings]


class NetTakenOverOutput(serializers.Serializer[Any]):
    """Whose wage was taken over, and from which month on."""

    employee = serializers.IntegerField()
    month = MonthField()


class NetToGrossViewSet(CompanyViewSet):
    """``…/payroll/net-to-gross/``"""

    permissions = {
        "create": Permission.PAYROLL_READ,
        "wage": Permission.PAYROLL_PEOPLE,
        "movement": Permission.PAYROLL_CAPTURE,
    }
    serializer_class = NetToGrossOutput
    queryset = Employee.unscoped.none()
    pagination_class = None

    @extend_schema(request=NetToGrossInput, responses=NetToGrossOutput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Reckon it; it changes nothing, and nothing is kept."""
        return Response(NetToGrossOutput(self.found()).data)

    @extend_schema(request=NetToGrossInput, responses=NetTakenOverOutput, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def wage(self, request: Request, **kwargs: Any) -> Response:
        """Reckon it, and let it be the wage of the contract from the month on.

        The answer tells no wages: it is kept for its key, unsealed.
        """
        self.access.require(Permission.PAYROLL_READ)  # whoever takes it over learns it

        def act() -> Response:
            found = self.found()
            take_over_wage(found, by=self.access.user)
            return self.taken(found)

        return self.once(act)

    @extend_schema(request=NetToGrossInput, responses=NetTakenOverOutput, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def movement(self, request: Request, **kwargs: Any) -> Response:
        """Reckon it, and type it for the month under its wage type."""
        self.access.require(Permission.PAYROLL_READ)

        def act() -> Response:
            found = self.found()
            take_over_movement(found, company=self.company, by=self.access.user)
            return self.taken(found)

        return self.once(act)

    def taken(self, found: Grossed) -> Response:
        told = {"employee": found.employee.pk, "month": found.month}
        return Response(NetTakenOverOutput(told).data)

    def found(self) -> Grossed:
        """What the body asks for; that somebody's wage was looked at is noted."""
        told = self.told(NetToGrossInput)
        rows = Employee.of(self.company).select_related("contact", "company")
        employee = named(rows, told.pop("employee"), place="employee")
        access_log.note(company=self.company, by=self.access.user, kind="read", subject=employee)
        told["target"] = Target(told.get("target", Target.NET))
        return gross_of(company=self.company, employee=employee, **told)
