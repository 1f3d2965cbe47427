"""``…/payment-instructions/``, ``…/payee-accounts/`` and ``…/payments-journal/``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.open_items.models import OpenItem, Side
from accounting.payments import four_eyes, instructions, payees, queries
from accounting.payments.api.shapes import (
    LARGEST_ID,
    PaidOutput,
    PaidPageOutput,
    PayeeAccountOutput,
    PaymentInstructionOutput,
    PaymentSettingsOutput,
)
from accounting.payments.models import PayeeAccount, PaymentInstruction
from accounting.payments.models.instructions import PayeeFields
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input, named
from erp.api.reports import Filed, shown_or_filed


class PaymentInstructionInput(Input):
    """How an open item is paid; it replaces what was said before."""

    item = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    payee = serializers.CharField(max_length=200)
    account = serializers.CharField(max_length=42, help_text="IBAN, unless is_iban is false")
    is_iban = serializers.BooleanField(required=False)
    street = serializers.CharField(max_length=100, required=False, allow_blank=True)
    house_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=40, required=False, allow_blank=True)
    town = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    bic = serializers.CharField(max_length=20, required=False, allow_blank=True)
    bank = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reference_kind = serializers.CharField(
        max_length=4, required=False, allow_blank=True, help_text="QRR, SCOR or blank"
    )
    reference = serializers.CharField(max_length=40, required=False, allow_blank=True)
    message = serializers.CharField(max_length=200, required=False, allow_blank=True)
    charges = serializers.ChoiceField(PayeeFields.Charges.choices, required=False, allow_blank=True)
    blocked = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PaymentInstructionViewSet(CompanyViewSet):
    """``…/payment-instructions/{open item}/``"""

    permissions = {"retrieve": Permission.PAYMENTS_READ, "create": Permission.PAYMENTS_PROPOSE}
    serializer_class = PaymentInstructionOutput
    queryset = PaymentInstruction.unscoped.none()
    lookup_field = "item"

    def get_queryset(self) -> QuerySet[PaymentInstruction]:
        return PaymentInstruction.of(self.company)

    def retrieve(self, request: Request, item: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=PaymentInstructionInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Say how an open item of a creditor is paid."""
        told = self.told(PaymentInstructionInput)
        rows = OpenItem.of(self.company).filter(side=Side.PAYABLES).select_related("company")
        owed = named(rows, told.pop("item"), place="item")
        found = instructions.instruct(self.company, item=owed, by=self.access.user, **told)
        return self.shown(found, 201)


class PayeeAccountQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        choices=PayeeAccount.Status.choices, default=PayeeAccount.Status.WAITING
    )


class PayeeAccountViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/payee-accounts/``: those that wait for a second person."""

    permissions = {
        "list": Permission.PAYMENTS_READ,
        "approve": Permission.PAYMENTS_APPROVE,
        "refuse": Permission.PAYMENTS_APPROVE,
    }
    step_up = frozenset({"approve", "refuse"})
    serializer_class = PayeeAccountOutput
    queryset = PayeeAccount.unscoped.none()
    ordering = ("pk",)

    def get_queryset(self) -> QuerySet[PayeeAccount]:
        rows = PayeeAccount.of(self.company).select_related("changed_by")
        if self.action != "list":
            return rows
        return rows.filter(status=self.asked(PayeeAccountQuery)["status"])

    @extend_schema(parameters=[PayeeAccountQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accounts of payees: those that wait for a second person, or were decided."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say as a second person that the payee is paid to this account."""
        return self.shown(payees.approve(self.get_object(), by=self.access.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say that the payee is not paid to this account."""
        return self.shown(payees.refuse(self.get_object(), by=self.access.user))


class PaymentSettingsInput(Input):
    """False asks to do without four eyes, and as a second person confirms it."""

    four_eyes = serializers.BooleanField()


class PaymentSettingsViewSet(CompanyViewSet):
    """``…/payment-settings/``"""

    permissions = {"list": Permission.PAYMENTS_READ, "create": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"create"})
    serializer_class = PaymentSettingsOutput
    pagination_class = None

    @extend_schema(responses=PaymentSettingsOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Whether payment runs need two people."""
        return self.shown(four_eyes.settings_of(self.company))

    @extend_schema(request=PaymentSettingsInput, responses={200: PaymentSettingsOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Keep four eyes, or ask to do without; wants the second factor."""
        wanted = self.told(PaymentSettingsInput)["four_eyes"]
        act = four_eyes.switch_on if wanted else four_eyes.switch_off
        return self.shown(act(self.company, by=self.access.user))


class PaidQuery(serializers.Serializer[Any]):
    since = DayField()
    until = DayField()

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not told["since"] <= told["until"] <= told["since"] + dt.timedelta(days=3660):
            raise serializers.ValidationError({"until": ["Send a span of at most ten years."]})
        return told


class PaymentsJournalViewSet(Filed):
    """``…/payments-journal/``: what was paid when to whom by which run."""

    permissions = {"list": Permission.PAYMENTS_READ}
    takes_along = {"list": Permission.PAYMENTS_READ}  # as on the page
    serializer_class = PaidOutput
    ordering = queries.IN_ORDER

    @shown_or_filed(PaidPageOutput, parameters=[PaidQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Payments of exported runs by their execution date."""
        told = self.asked(PaidQuery)
        rows = queries.paid_in(self.company, **told)
        if self.form:
            found = queries.journal(self.company, list(rows))
            return self.filed(queries.journal_table(found, **told))
        page = queries.journal(self.company, self.paginate_queryset(rows))
        totals = [{"currency": currency, "amount": amount}
                  for currency, amount in queries.paid_by_currency(rows)]  # fmt: skip
        return self.told_beside(PaidPageOutput, page, totals=totals)
