"""``…/fiscal-years/`` and ``…/periods/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import years
from accounting.ledger.models import FiscalYear, Period
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input


class PeriodOutput(serializers.ModelSerializer[Period]):
    class Meta:
        model = Period
        fields = ("id", "start", "end", "lock")


class FiscalYearOutput(serializers.ModelSerializer[FiscalYear]):
    periods = PeriodOutput(many=True)

    class Meta:
        model = FiscalYear
        fields = ("id", "name", "start", "end", "periods")


class FiscalYearInput(Input):
    """First and last day; without a name the year is named after its years."""

    start = DayField()
    end = DayField()
    name = serializers.CharField(max_length=20, required=False, allow_blank=True)


class PeriodInput(Input):
    lock = serializers.ChoiceField(choices=Period.Lock.choices)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class FiscalYearViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/fiscal-years/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.CHART_CHANGE,
        "destroy": Permission.CHART_CHANGE,
    }
    serializer_class = FiscalYearOutput
    queryset = FiscalYear.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[FiscalYear]:
        return FiscalYear.of(self.company).order_by("start").prefetch_related("periods")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=FiscalYearInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(FiscalYearInput)
        year = years.open_fiscal_year(company=self.company, by=self.access.user, **told)
        return self.shown(self.get_queryset().get(pk=year.pk), 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a year opened by mistake."""
        years.delete_fiscal_year(
            company=self.company, year=self.changing(), by=self.access.user
        )  # fmt: skip
        return Response(status=204)


class PeriodViewSet(CompanyViewSet):
    """``…/periods/``: the months of the fiscal years, listed with them."""

    permissions = {"retrieve": Permission.LEDGER_READ, "partial_update": Permission.LEDGER_LOCK}
    step_up = frozenset({"partial_update"})
    serializer_class = PeriodOutput
    queryset = Period.unscoped.none()

    def get_queryset(self) -> QuerySet[Period]:
        return Period.of(self.company)

    def hold(self) -> None:
        """The chain comes before the period, as for every posting."""
        years.hold_chain(self.company)
        super().hold()

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=PeriodInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Lock or reopen a period (Periode sperren, öffnen); the reason stands in the trail."""
        period, told = self.changing(), self.told(PeriodInput)
        years.lock_period(company=self.company, period=period, by=self.access.user, **told)
        return self.shown(self.get_object())
