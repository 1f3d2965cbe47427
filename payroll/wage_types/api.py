"""``…/wage-types/``"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, Input
from erp.api.reports import FORM, Filed
from erp.api.schema import KEY
from payroll.wage_types import queries, saving
from payroll.wage_types.exporting import as_table
from payroll.wage_types.founding import found_types
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import FLAGS, NAMES


class WageTypeOutput(serializers.ModelSerializer[WageType]):
    """A wage type; its own account by number. Without one, the usual account of the chart counts."""

    percent = AmountField(decimals=4, allow_null=True)
    account = serializers.CharField(source="account.number", default=None, allow_null=True)

    class Meta:
        model = WageType
        fields = ("id", *saving.FIELDS, "is_shipped")


class WageTypeInput(Input):
    """A wage type to add, or the fields of one to change."""

    number = serializers.IntegerField(min_value=1, max_value=saving.LARGEST)
    kind = serializers.ChoiceField(choices=WageType.Kind.choices)
    role = serializers.ChoiceField(choices=WageType.Role.choices, required=False, allow_blank=True)
    method = serializers.ChoiceField(choices=WageType.Method.choices, required=False)
    percent = AmountField(decimals=4, required=False, allow_null=True)
    of_types = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=saving.LARGEST), required=False,
        max_length=50,
    )  # fmt: skip
    is_periodic = serializers.BooleanField(required=False)
    box = serializers.ChoiceField(choices=saving.BOXES, required=False, allow_blank=True)
    account = NumberedField(Account, max_length=10, required=False, allow_null=True)
    is_active = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        flags = {name: serializers.BooleanField(required=False) for name in FLAGS.values()}
        names = {
            name: serializers.CharField(max_length=160, required=False, allow_blank=True)
            for name in NAMES
        }
        return super().get_fields() | flags | names


class WageSideOutput(serializers.Serializer[Any]):
    """An account; ``institution`` where that of the institution counts first."""

    number = serializers.CharField()
    name = serializers.CharField()
    institution = serializers.CharField()
    is_missing = serializers.BooleanField()


class WageExampleOutput(serializers.Serializer[Any]):
    """What ``amount`` does: the bases it raises, boxes of the certificate, the entry, the payout; in CHF."""

    amount = AmountField()
    bases = serializers.ListField(child=serializers.CharField())
    boxes = serializers.ListField(child=serializers.CharField())
    debit = WageSideOutput(allow_null=True)
    credit = WageSideOutput(allow_null=True)
    payout = AmountField()


class WageTypeExplainedOutput(serializers.Serializer[Any]):
    """Where a type is booked, what it does, and the fields that are not as shipped."""

    side = WageSideOutput(allow_null=True)
    example = WageExampleOutput()
    differs = serializers.ListField(child=serializers.CharField())


class WageTypeViewSet(mixins.ListModelMixin, Filed):
    """``…/wage-types/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "explained": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_SETTINGS,
        "partial_update": Permission.PAYROLL_SETTINGS,
        "destroy": Permission.PAYROLL_SETTINGS,
        "reset": Permission.PAYROLL_SETTINGS,
        "add_shipped": Permission.PAYROLL_SETTINGS,
    }
    takes_along = {"list": Permission.PAYROLL_EXPORT}
    serializer_class = WageTypeOutput
    queryset = WageType.unscoped.none()
    ordering = ("number", "pk")

    def get_queryset(self) -> QuerySet[WageType]:
        return WageType.of(self.company).select_related("company", "account")

    @extend_schema(parameters=[FORM])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """All wage types; as a file with those that are in use."""
        if self.form:
            return self.filed(as_table(queries.listing(self.company)))
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses=WageTypeExplainedOutput)
    @action(detail=True, methods=["get"])
    def explained(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Where a wage type is booked, and what 100.00 of it does."""
        row, accounts = self.get_object(), queries.accounts_of(self.company)
        told = {"side": queries.side_of(row, accounts), "example": queries.example(row, accounts),
                "differs": list(saving.differences(row))}  # fmt: skip
        return Response(WageTypeExplainedOutput(told).data)

    @extend_schema(request=WageTypeInput, parameters=[KEY], responses={201: WageTypeOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        def act() -> Response:
            told = self.told(WageTypeInput)
            saved = saving.save_type(company=self.company, by=self.access.user, **told)
            return self.shown(saved, 201)

        return self.once(act)

    @extend_schema(request=WageTypeInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        row, told = self.changing(), self.told(WageTypeInput, partial=True)
        saved = saving.save_type(company=self.company, by=self.access.user, row=row, **told)
        return self.shown(saved)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete an own wage type that nothing names; else switch it off."""
        saving.delete_type(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reset(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give a shipped wage type its names, flags, box and method as shipped."""
        return self.shown(saving.take_back(self.changing(), by=self.access.user))

    @extend_schema(request=None, responses={200: WageTypeOutput(many=True)})
    @action(detail=False, methods=["post"], url_path="add-shipped", pagination_class=None)
    def add_shipped(self, request: Request, **kwargs: Any) -> Response:
        """Add the shipped wage types that are missing; those that are there stay as they are."""
        found_types(company=self.company, by=self.access.user)
        rows = self.get_queryset().order_by("number")
        return Response(self.get_serializer(rows, many=True).data)
