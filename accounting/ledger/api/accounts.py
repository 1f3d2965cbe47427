"""``…/accounts/``: the chart, and the sheet of each account."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import charting, queries
from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre
from accounting.ledger.models.accounts import AccountValuation
from accounting.ledger.sheets import sheet_table
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField, Input
from erp.api.reports import Filed, shown_or_filed
from vat.codes.models import VatCode


class AccountOutput(serializers.ModelSerializer[Account]):
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)

    class Meta:
        model = Account
        fields = ("id", "number", "name_de", "name_fr", "name_it", "name_en", "type",
                  "or_position", "group_number", "currency", "vat_code", "cost_centre_rule",
                  "cost_object_rule", "purpose", "control", "blocked_from", "valuation")  # fmt: skip


class AccountInput(Input):
    """An account to open, or the fields of one to change."""

    number = serializers.CharField(max_length=10)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=Account.Type.choices)
    or_position = serializers.CharField(max_length=12, required=False, allow_blank=True)
    group_number = serializers.CharField(max_length=10, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    vat_code = serializers.CharField(required=False, allow_null=True)
    cost_centre_rule = serializers.ChoiceField(choices=Account.Rule.choices, required=False)
    cost_object_rule = serializers.ChoiceField(choices=Account.Rule.choices, required=False)
    blocked_from = DayField(required=False, allow_null=True)
    valuation = serializers.ChoiceField(
        choices=AccountValuation.choices, required=False, allow_blank=True,
        help_text="By which rate an account in a currency is valued; blank: as its place says",
    )  # fmt: skip

    def validate_vat_code(self, value: str | None) -> VatCode | None:
        if not value:
            return None
        code = VatCode.of(self.context["company"]).filter(code=value.upper()).first()
        if code is None:
            raise serializers.ValidationError(f"There is no VAT code {value}.", code="unknown")
        return code


class AccountQuery(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=Account.Type.choices, required=False)
    number_prefix = serializers.CharField(max_length=10, required=False)


class SpanQuery(serializers.Serializer[Any]):
    until = DayField(source="end")

    def get_fields(self) -> dict[str, Any]:
        return {"from": DayField(source="start"), **super().get_fields()}  # a word of Python


class SheetQuery(SpanQuery):
    """``cost_centre`` by number: only what was posted to it."""

    cost_centre = NumberedField(CostCentre, max_length=10, required=False)


class SheetLineOutput(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    number = serializers.IntegerField()
    date = serializers.DateField()
    text = serializers.CharField()
    contra = serializers.CharField()
    debit = AmountField()
    credit = AmountField()
    balance = AmountField()
    currency = serializers.CharField()
    amount_foreign = AmountField(allow_null=True)
    balance_foreign = AmountField()


class SheetOutput(serializers.Serializer[Any]):
    """An account sheet; balances are debit positive, ``complete`` is false where lines are cut.

    ``opening_foreign`` and ``balance_foreign`` are in the account's own currency.
    """

    account = serializers.CharField(source="account.number")
    until = serializers.DateField(source="end")
    opening = AmountField()
    closing = AmountField()
    currency = serializers.CharField(source="account.currency")
    opening_foreign = AmountField(source="foreign_opening")
    closing_foreign = AmountField(source="foreign_closing", allow_null=True)
    complete = serializers.BooleanField()
    lines = SheetLineOutput(source="rows", many=True)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField(source="start")}


class AccountViewSet(mixins.ListModelMixin, Filed):
    """``…/accounts/``: addressed by number."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "sheet": Permission.LEDGER_READ,
        "create": Permission.CHART_CHANGE,
        "partial_update": Permission.CHART_CHANGE,
        "destroy": Permission.CHART_CHANGE,
    }
    takes_along = {"sheet": Permission.LEDGER_EXPORT}
    serializer_class = AccountOutput
    follows = "account"
    queryset = Account.unscoped.none()
    lookup_field = "number"
    lookup_value_regex = "[A-Za-z0-9]{1,10}"
    pagination_class = None

    def get_queryset(self) -> QuerySet[Account]:
        rows = Account.of(self.company).select_related("vat_code", "company").order_by("number")
        told = self.asked(AccountQuery) if self.action == "list" else {}
        if "type" in told:
            rows = rows.filter(type=told["type"])
        return rows.filter(number__startswith=told.get("number_prefix", ""))

    @extend_schema(parameters=[AccountQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, number: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=AccountInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(AccountInput)
        account = charting.add_account(company=self.company, by=self.access.user, **told)
        return self.shown(account, 201)

    @extend_schema(request=AccountInput)
    def partial_update(self, request: Request, number: str, **kwargs: Any) -> Response:
        account = self.changing()
        told = self.told(AccountInput, partial=True)
        return self.shown(charting.change_account(account, by=self.access.user, **told))

    def destroy(self, request: Request, number: str, **kwargs: Any) -> Response:
        """Remove an account that nothing was ever written to."""
        charting.delete_account(self.changing(), by=self.access.user)
        return Response(status=204)

    @shown_or_filed(SheetOutput, parameters=[SheetQuery])
    @action(detail=True, methods=["get"])
    def sheet(self, request: Request, number: str, **kwargs: Any) -> HttpResponse | Response:
        """The account's lines in a span of days with the balance running (Kontoblatt)."""
        account, told = self.get_object(), self.asked(SheetQuery)
        centre = told.pop("cost_centre", None)
        if not self.form:
            told["limit"] = 1000
        found = queries.account_sheet(
            self.company, account, cost_centre=centre.pk if centre else None, **told
        )
        if self.form:
            return self.filed(sheet_table(found, centre))
        return Response(SheetOutput(found).data)
