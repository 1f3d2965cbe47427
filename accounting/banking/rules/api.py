"""``…/bank-rules/``: rules in their order, and what one would take."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.banking.matching.api import ReasonOutput
from accounting.banking.models import BankRule, Direction
from accounting.banking.rules import keeping
from accounting.banking.rules.applying import dry_run
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input

LARGEST_ID = 10**18


class BankRuleOutput(serializers.ModelSerializer[BankRule]):
    """All conditions that are given must hold; amounts are without sign."""

    account = serializers.CharField(source="account.number")
    vat_code = serializers.CharField(source="vat_code.code", default="")
    cost_centre = serializers.CharField(source="cost_centre.number", default="")
    cost_object = serializers.CharField(source="cost_object.number", default="")
    bank_account = serializers.IntegerField(source="bank_account_id", allow_null=True)
    amount_from = AmountField(allow_null=True)
    amount_to = AmountField(allow_null=True)

    class Meta:
        model = BankRule
        fields = ("id", "name", "position", "is_active", "books", "bank_account", "direction",
                  "text_contains", "party_contains", "iban", "amount_from", "amount_to", "account",
                  "vat_code", "cost_centre", "cost_object", "text")  # fmt: skip


class BankRuleInput(Input):
    """A rule to make, or what to change of one."""

    name = serializers.CharField(max_length=keeping.LONGEST["name"])
    is_active = serializers.BooleanField(required=False)
    books = serializers.BooleanField(required=False, help_text="Books by itself, else it proposes")
    bank_account = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_ID
    )
    direction = serializers.ChoiceField(
        choices=[("", "either"), *Direction.choices], required=False, allow_blank=True
    )
    text_contains = serializers.CharField(
        max_length=keeping.LONGEST["text_contains"], required=False, allow_blank=True
    )
    party_contains = serializers.CharField(
        max_length=keeping.LONGEST["party_contains"], required=False, allow_blank=True
    )
    iban = serializers.CharField(max_length=42, required=False, allow_blank=True)
    amount_from = AmountField(required=False, allow_null=True)
    amount_to = AmountField(required=False, allow_null=True)
    account = serializers.CharField(max_length=10)
    vat_code = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_object = serializers.CharField(max_length=10, required=False, allow_blank=True)
    text = serializers.CharField(
        max_length=keeping.LONGEST["text"], required=False, allow_blank=True
    )


class OrderInput(Input):
    order = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=500,
        help_text="The ids of all rules",
    )  # fmt: skip


class TriedOutput(serializers.Serializer[Any]):
    """A waiting transaction the rule fits; ``but`` says why it would not be booked by itself."""

    transaction = serializers.IntegerField(source="movement.pk")
    reasons = ReasonOutput(many=True, source="fit.reasons")
    but = ReasonOutput(many=True)


class DryRunOutput(serializers.Serializer[Any]):
    """How many waiting transactions a rule fits, and the oldest of them."""

    count = serializers.IntegerField()
    rows = TriedOutput(many=True)


class BankRuleViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/bank-rules/``"""

    permissions = {
        "list": Permission.BANKING_READ,
        "retrieve": Permission.BANKING_READ,
        "dry_run": Permission.BANKING_READ,
        "create": Permission.BANKING_POST,
        "partial_update": Permission.BANKING_POST,
        "destroy": Permission.BANKING_POST,
        "reorder": Permission.BANKING_POST,
    }
    serializer_class = BankRuleOutput
    queryset = BankRule.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[BankRule]:
        return keeping.rules_of(self.company).select_related(
            "company", "account", "vat_code", "cost_centre", "cost_object", "bank_account"
        )

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=BankRuleInput, responses={201: BankRuleOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Make a rule; it comes last."""
        told = keeping.resolved(self.company, self.told(BankRuleInput))
        rule = keeping.save_rule(BankRule(company=self.company, **told), by=self.access.user)
        return self.shown(rule, 201)

    @extend_schema(request=BankRuleInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        rule = self.changing()
        told = keeping.resolved(self.company, self.told(BankRuleInput, partial=True))
        for name, value in told.items():
            setattr(rule, name, value)
        return self.shown(keeping.save_rule(rule, by=self.access.user))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Remove a rule. What it booked stays booked."""
        keeping.remove_rule(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=OrderInput, responses=BankRuleOutput(many=True))
    @action(detail=False, methods=["post"])
    def reorder(self, request: Request, **kwargs: Any) -> Response:
        """Put all rules into an order."""
        keeping.reorder(self.company, by=self.access.user, **self.told(OrderInput))
        return Response(BankRuleOutput(self.get_queryset(), many=True).data)

    @extend_schema(responses=DryRunOutput)
    @action(detail=True, methods=["get"], url_path="dry-run")
    def dry_run(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Which waiting transactions a rule would take, and why not; nothing is booked."""
        rows, count = dry_run(self.company, self.get_object())
        return Response(DryRunOutput({"rows": rows, "count": count}).data)
