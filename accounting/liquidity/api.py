"""``…/liquidity/`` and ``…/planned-payments/``: the forecast, and what is planned by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.liquidity import planning, reports
from accounting.liquidity.forecast import Step
from accounting.liquidity.gathering import Wish, forecast
from accounting.liquidity.models import PlannedPayment
from accounting.liquidity.views import AHEAD, FARTHEST
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from erp.api.reports import Filed, shown_or_filed
from erp.core import clock
from erp.core.money import RATE_DIGITS


class ForecastQuery(serializers.Serializer[Any]):
    """``until`` at most three years from today; ``habits`` expects customers to pay as they have paid."""

    step = serializers.ChoiceField(choices=Step.choices, default=Step.WEEK)
    until = DayField(required=False)
    habits = serializers.BooleanField(default=True)
    discounts = serializers.BooleanField(default=False)
    what = serializers.ChoiceField(
        choices=("forecast", "payments"), default="forecast", help_text="What a file tells"
    )

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        today = clock.today()
        told.setdefault("until", today + dt.timedelta(days=AHEAD[Step(told["step"])]))
        if not today <= told["until"] <= today + dt.timedelta(days=FARTHEST):
            raise serializers.ValidationError({"until": ["Send a day of the next three years."]})
        return told


class HoldingOutput(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    amount = AmountField()
    base = AmountField()


class FlowOutput(serializers.Serializer[Any]):
    """An expected payment: in positive, out negative; ``key`` is the id of what it comes from."""

    date = serializers.DateField()
    due = serializers.DateField()
    kind = serializers.CharField()
    text = serializers.CharField()
    currency = serializers.CharField()
    amount = AmountField()
    base = AmountField()
    key = serializers.IntegerField()


class ColumnOutput(serializers.Serializer[Any]):
    """A week or month; ``low`` is the lowest balance at the end of any of its days."""

    start = serializers.DateField()
    end = serializers.DateField()
    opening = AmountField()
    inflow = AmountField()
    outflow = AmountField()
    closing = AmountField()
    low = AmountField()
    low_date = serializers.DateField()
    flows = FlowOutput(many=True)


class UsedRateOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    value = AmountField(decimals=RATE_DIGITS)
    source = serializers.CharField()  # type: ignore[assignment]
    published = serializers.DateField()


class ForecastOutput(serializers.Serializer[Any]):
    """In the company's currency. Currencies ``without_rate`` stand as in the books."""

    on = serializers.DateField()
    until = serializers.DateField()
    step = serializers.CharField()
    opening = AmountField()
    closing = AmountField()
    lowest = AmountField(source="lowest.low")
    lowest_date = serializers.DateField(source="lowest.low_date")
    holdings = HoldingOutput(many=True)
    columns = ColumnOutput(many=True)
    rates = UsedRateOutput(many=True)
    without_rate = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())


class LiquidityViewSet(Filed):
    """``…/liquidity/``"""

    permissions = {"list": Permission.LEDGER_READ}
    takes_along = {"list": Permission.LEDGER_EXPORT}
    serializer_class = ForecastOutput
    queryset = PlannedPayment.unscoped.none()
    pagination_class = None

    @shown_or_filed(ForecastOutput, parameters=[ForecastQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What money there is today, and what is expected to come and go."""
        told = self.asked(ForecastQuery)
        if not self.access.may(Permission.OPEN_ITEMS_READ):
            raise PermissionDenied
        payments = told.pop("what") == "payments"
        found = forecast(self.company, Wish(clock.today(), **told), language=get_language() or "de")
        if self.form:
            table = reports.flows_table(found) if payments else reports.forecast_table(found)
            return self.filed(table)
        return Response(ForecastOutput(found).data)


class PlannedPaymentOutput(serializers.ModelSerializer[PlannedPayment]):
    amount = AmountField()

    class Meta:
        model = PlannedPayment
        fields = ("id", "date", "text", "amount", "currency", "rhythm", "until")


class PlannedPaymentInput(Input):
    """A payment to plan, or the fields of one to change; positive comes in, negative goes out."""

    date = DayField()
    text = serializers.CharField(max_length=140)
    amount = AmountField()
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    rhythm = serializers.ChoiceField(choices=PlannedPayment.Rhythm.choices, required=False)
    until = DayField(required=False, allow_null=True)


class PlannedViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/planned-payments/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.BUDGET_CHANGE,
        "partial_update": Permission.BUDGET_CHANGE,
        "destroy": Permission.BUDGET_CHANGE,
    }
    serializer_class = PlannedPaymentOutput
    queryset = PlannedPayment.unscoped.none()
    ordering = ("date", "pk")

    def get_queryset(self) -> QuerySet[PlannedPayment]:
        return PlannedPayment.of(self.company).select_related("company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=PlannedPaymentInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        planned = PlannedPayment(company=self.company, **self.told(PlannedPaymentInput))
        return self.shown(planning.save_planned(planned, by=self.access.user), 201)

    @extend_schema(request=PlannedPaymentInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        planned = self.changing()
        for name, value in self.told(PlannedPaymentInput, partial=True).items():
            setattr(planned, name, value)
        return self.shown(planning.save_planned(planned, by=self.access.user))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a planned payment back."""
        planning.delete_planned(self.changing(), by=self.access.user)
        return Response(status=204)


router = SimpleRouter()
router.register("liquidity", LiquidityViewSet, basename="liquidity")
router.register("planned-payments", PlannedViewSet, basename="planned-payments")
urls = router.urls
