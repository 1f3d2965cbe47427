"""``…/payroll/figures/``, ``…/payroll/tariffs/``: figures of law and withholding-tax tariffs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from erp.api.reports import Filed, shown_or_filed
from erp.core import clock
from payroll.rates import overview
from payroll.rates.cantonal import CANTONS, contributions_on, tax_model
from payroll.rates.forms import YEARS
from payroll.rates.models import OwnFigure
from payroll.rates.own import enter_figure, figures_of, remove_figure
from payroll.rates.tables import figures_table
from payroll.rates.tariffs import loaded_for, look_up

FOUR = 4


class DayQuery(Input):
    """A day; without it today."""

    on = DayField(required=False)


class LegalFigureOutput(serializers.Serializer[Any]):
    """A figure in its unit. ``own`` is the id of one that the company entered, else null."""

    key = serializers.CharField()
    name = serializers.CharField(source="label")
    value = AmountField(decimals=FOUR)
    unit = serializers.CharField()
    valid_from = DayField()
    valid_to = DayField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    own = serializers.IntegerField(allow_null=True)


class LegalFiguresOutput(serializers.Serializer[Any]):
    """What holds on a day; ``missing`` are the keys that nobody knows for it."""

    on = DayField()
    figures = LegalFigureOutput(many=True)
    missing = serializers.ListField(child=serializers.CharField())


class OwnFigureOutput(serializers.ModelSerializer[OwnFigure]):
    value = AmountField(decimals=FOUR)

    class Meta:
        model = OwnFigure
        fields = ("id", "key", "valid_from", "value", "source")


class OwnFigureInput(Input):
    """A figure of law that the program does not know yet, in the unit of its key."""

    key = serializers.CharField(max_length=40)
    valid_from = DayField()
    value = AmountField(decimals=FOUR)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]


class FamilyAllowancesOutput(serializers.Serializer[Any]):
    """Family allowances of a canton in CHF a month; ``raised`` says who gets the higher amount."""

    canton = serializers.CharField()
    year = serializers.IntegerField()
    child = AmountField()
    child_raised = AmountField(allow_null=True)
    education = AmountField()
    education_raised = AmountField(allow_null=True)
    birth = AmountField(allow_null=True)
    raised = serializers.CharField()
    status = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class CantonalContributionOutput(serializers.Serializer[Any]):
    """A contribution of a canton in percent of AHV wages; null is not known."""

    canton = serializers.CharField()
    kind = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    employer_percent = AmountField(decimals=FOUR, allow_null=True)
    employee_percent = AmountField(decimals=FOUR, allow_null=True)
    status = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class TariffOutput(serializers.Serializer[Any]):
    """A canton's tariff of a year; ``edition_date`` is null where it is not loaded."""

    canton = serializers.CharField()
    year = serializers.IntegerField()
    edition_date = DayField(allow_null=True)
    rows = serializers.IntegerField()
    model = serializers.SerializerMethodField()

    def get_model(self, one: Any) -> str:
        return tax_model(one.canton, dt.date(one.year, 12, 31)).value


class YearQuery(Input):
    """A year; without it this one."""

    year = serializers.IntegerField(required=False, min_value=YEARS[0], max_value=YEARS[-1])


class LookUpQuery(Input):
    """An income of a month, and what of it is taxed; without it all."""

    canton = serializers.ChoiceField(choices=CANTONS)
    year = serializers.IntegerField(min_value=YEARS[0], max_value=YEARS[-1])
    code = serializers.CharField(max_length=10)
    determinant = AmountField(positive=True)
    taxable = AmountField(positive=True, required=False)


class TariffLookUpOutput(serializers.Serializer[Any]):
    """The row of a tariff that holds, and the tax to 0.05."""

    canton = serializers.CharField()
    year = serializers.IntegerField()
    code = serializers.CharField()
    determinant = AmountField()
    taxable = AmountField()
    income_from = AmountField()
    percent = AmountField()
    minimum = AmountField()
    tax = AmountField()
    is_minimum = serializers.BooleanField()


class FiguresQuery(DayQuery):
    form = serializers.CharField(required=False)  # it is looked at by ``Filed``


class FigureViewSet(Filed):
    """``…/payroll/figures/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "family_allowances": Permission.PAYROLL_READ,
        "cantonal_contributions": Permission.PAYROLL_READ,
    }
    takes_along = {"list": Permission.PAYROLL_READ}  # as on the page: they are nobody's
    serializer_class = LegalFiguresOutput
    queryset = OwnFigure.unscoped.none()
    pagination_class = None

    def _day(self) -> dt.date:
        return self.asked(DayQuery).get("on") or clock.today()

    @shown_or_filed(LegalFiguresOutput, parameters=[DayQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """All figures that hold on a day, and those that are missing."""
        day = self.asked(FiguresQuery).get("on") or clock.today()
        own = figures_of(self.company)
        if self.form:
            return self.filed(figures_table(day, own))
        found = {
            "on": day,
            "figures": [row for group in overview.groups(day, own) for row in group.rows],
            "missing": [one.key for one in overview.missing(day, own)],
        }
        return Response(LegalFiguresOutput(found).data)

    @extend_schema(parameters=[DayQuery], responses=FamilyAllowancesOutput(many=True))
    @action(detail=False, url_path="family-allowances", pagination_class=None)
    def family_allowances(self, request: Request, **kwargs: Any) -> Response:
        """The family allowances of all cantons on a day; none before the minimum is known."""
        rows = [row.found for row in overview.family(self._day(), figures_of(self.company))]
        return Response(FamilyAllowancesOutput(rows, many=True).data)

    @extend_schema(parameters=[DayQuery], responses=CantonalContributionOutput(many=True))
    @action(detail=False, url_path="cantonal-contributions", pagination_class=None)
    def cantonal_contributions(self, request: Request, **kwargs: Any) -> Response:
        """What is known of the contributions of cantons on a day."""
        return Response(CantonalContributionOutput(contributions_on(self._day()), many=True).data)


class OwnFigureViewSet(CompanyViewSet):
    """``…/payroll/own-figures/``: those that the company entered."""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_SETTINGS,
        "retrieve": Permission.PAYROLL_READ,
        "destroy": Permission.PAYROLL_SETTINGS,
    }
    serializer_class = OwnFigureOutput
    queryset = OwnFigure.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[OwnFigure]:
        return OwnFigure.of(self.company).order_by("key", "valid_from")

    def list(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=OwnFigureInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(OwnFigureInput)
        return self.shown(enter_figure(company=self.company, by=self.access.user, **told), 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        remove_figure(self.changing(), by=self.access.user)
        return Response(status=204)


class TariffViewSet(CompanyViewSet):
    """``…/payroll/tariffs/``: withholding-tax tariffs that are loaded, and look-ups in them."""

    permissions = {"list": Permission.PAYROLL_READ, "look_up": Permission.PAYROLL_READ}
    serializer_class = TariffOutput
    queryset = OwnFigure.unscoped.none()
    pagination_class = None

    @extend_schema(parameters=[YearQuery], responses=TariffOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Each canton with the edition of its tariff of a year."""
        year = self.asked(YearQuery).get("year") or clock.today().year
        return Response(TariffOutput(loaded_for(year), many=True).data)

    @extend_schema(parameters=[LookUpQuery], responses=TariffLookUpOutput)
    @action(detail=False, url_path="look-up", pagination_class=None)
    def look_up(self, request: Request, **kwargs: Any) -> Response:
        """The tax of an income by a canton's tariff."""
        told = self.asked(LookUpQuery)
        found = look_up(
            told["canton"], told["code"].strip().upper(), dt.date(told["year"], 12, 31),
            determinant=told["determinant"], taxable=told.get("taxable"),
        )  # fmt: skip
        return Response(TariffLookUpOutput(found).data)


router = SimpleRouter()
router.register("payroll/figures", FigureViewSet, basename="payroll-figures")
router.register("payroll/own-figures", OwnFigureViewSet, basename="payroll-own-figures")
router.register("payroll/tariffs", TariffViewSet, basename="payroll-tariffs")
urls = router.urls
