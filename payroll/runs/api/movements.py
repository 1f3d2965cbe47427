"""``…/movements/``: what is typed for a month."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.imports import KEY_UNLESS_DRY, DryRunQuery, FileImports, ImportInput
from erp.api.inputs import AmountField, Input, MonthField
from erp.api.schema import KEY
from erp.audit import access_log
from payroll.employees.models import Employee
from payroll.runs import movement_importing, movements
from payroll.runs.api.shapes import LARGEST_ID, WageMovementOutput
from payroll.runs.models import MonthlyMovement, Typed
from payroll.runs.movement_importing import Preview
from payroll.runs.movements import Cell
from payroll.runs.refusals import NoSuchPerson

MOST_OF_PERSON: Final = 200  # movements of a person and month
MOST_CELLS: Final = 10_000  # of a grid


class MovementsQuery(serializers.Serializer[Any]):
    month = MonthField()
    employee = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class WageMovementInput(Input):
    """Amounts of deductions and advances are positive."""

    type = serializers.IntegerField(
        min_value=1, max_value=99_999, help_text="Number of the wage type"
    )
    quantity = AmountField(decimals=4, required=False)
    rate = AmountField(decimals=4, required=False)
    amount = AmountField(required=False)
    percent = AmountField(decimals=4, required=False)
    text = serializers.CharField(max_length=80, required=False, allow_blank=True)
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    for_month = MonthField(required=False)
    keeps = AmountField(
        required=False, help_text="Of a garnishment: what of the net wage stays with the employee"
    )


class PersonMovementsInput(Input):
    month = MonthField()
    employee = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    movements = WageMovementInput(many=True, max_length=MOST_OF_PERSON)  # type: ignore[call-arg]


class MovementCellInput(Input):
    """Blank amount and quantity take the movement away."""

    employee = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    type = serializers.IntegerField(min_value=1, max_value=99_999)
    amount = AmountField(required=False, allow_null=True)
    quantity = AmountField(decimals=4, required=False, allow_null=True)


class MovementCellsInput(Input):
    month = MonthField()
    cells = MovementCellInput(many=True, max_length=MOST_CELLS)  # type: ignore[call-arg]


class CopyMovementsInput(Input):
    source: Any = MonthField()
    month = MonthField()


class MovementCountOutput(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class MovementViewSet(CompanyViewSet):
    """``…/movements/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_CAPTURE,
        "cells": Permission.PAYROLL_CAPTURE,
        "copy": Permission.PAYROLL_CAPTURE,
    }
    serializer_class = WageMovementOutput
    ordering = movements.IN_ORDER

    @extend_schema(parameters=[MovementsQuery], responses=WageMovementOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What is typed for a month, of all people or of one, in its order."""
        told = self.asked(MovementsQuery)
        only = [told["employee"]] if "employee" in told else None
        page = self.paginate_queryset(movements.rows_of(self.company, told["month"], only=only))
        found = movements.opened(self.company, page)
        access_log.note(company=self.company, by=self.access.user, kind="list", subject=Employee,
                        count=len({who for who, _typed in found}))  # fmt: skip
        rows = [{"employee": who, **msgspec.structs.asdict(one)} for who, one in found]
        return self.get_paginated_response(WageMovementOutput(rows, many=True).data)

    @extend_schema(
        request=PersonMovementsInput, responses={200: MovementCountOutput}, parameters=[KEY]
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Put a person's movements of a month in place of those there were.

        The answer says how many there are, and no wages: it is kept for its key, unsealed.
        """

        def act() -> Response:
            told = self.told(PersonMovementsInput)
            employee = Employee.of(self.company).filter(pk=told["employee"]).first()
            if employee is None:
                raise NoSuchPerson(value=told["employee"])
            movements.save_person(
                company=self.company, employee=employee, month=told["month"], by=self.access.user,
                rows=[Typed(**row) for row in told["movements"]],
            )  # fmt: skip
            return Response(MovementCountOutput({"count": len(told["movements"])}).data)

        return self.once(act)

    @extend_schema(request=MovementCellsInput, responses=MovementCountOutput, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def cells(self, request: Request, **kwargs: Any) -> Response:
        """Save cells of the grid: each replaces the plain figure of its person and wage type."""

        def act() -> Response:
            told = self.told(MovementCellsInput)
            count = movements.save_cells(
                company=self.company, month=told["month"], by=self.access.user,
                cells=[Cell(**cell) for cell in told["cells"]],
            )  # fmt: skip
            return Response(MovementCountOutput({"count": count}).data)

        return self.once(act)

    @extend_schema(request=CopyMovementsInput, responses=MovementCountOutput, parameters=[KEY])
    @action(detail=False, methods=["post"])
    def copy(self, request: Request, **kwargs: Any) -> Response:
        """Take another month's movements over, for people with nothing typed yet."""

        def act() -> Response:
            told = self.told(CopyMovementsInput)
            count = movements.copy_month(company=self.company, by=self.access.user, **told)
            return Response(MovementCountOutput({"count": count}).data)

        return self.once(act)


class MovementImportInput(ImportInput):
    month = MonthField()


class MovementImportOutput(serializers.Serializer[Any]):
    """How many rows a file has, and how many people they are of; nothing of what they say."""

    dry_run = serializers.BooleanField()
    count = serializers.IntegerField()
    people = serializers.IntegerField()


class MovementImportViewSet(FileImports):
    """``…/movement-imports/``"""

    permissions = {"create": Permission.PAYROLL_CAPTURE}
    serializer_class = MovementImportOutput
    queryset = MonthlyMovement.unscoped.none()
    body = MovementImportInput

    @extend_schema(
        request={"multipart/form-data": MovementImportInput},
        responses={200: MovementImportOutput, 201: MovementImportOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add the movements of a file to a month: all rows or none; 10,000 at most."""
        return self.take()

    def preview(self, content: bytes, told: dict[str, Any]) -> Preview:
        return movement_importing.dry_run(company=self.company, content=content)

    def perform(self, content: bytes, told: dict[str, Any]) -> Preview:
        return movement_importing.import_movements(
            company=self.company, content=content, by=self.access.user, **told
        )

    def as_told(self, found: Preview) -> dict[str, Any]:
        return {"count": len(found.entries), "people": found.people}
