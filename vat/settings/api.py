"""``/api/v1/companies/{company}/``: dated VAT settings, granted activities and their accounts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from vat.codes.models import VatActivity, VatSettings
from vat.settings.activities import assign_accounts, end_activity, grant_activity
from vat.settings.changing import Wanted, change_settings, remove_settings
from vat.settings.code_api import VatCodeTableViewSet
from vat.settings.models import ActivityAccount
from vat.settings.previewing import preview
from vat.settings.queries import activities_of


class VatSettingsOutput(serializers.ModelSerializer[VatSettings]):
    class Meta:
        model = VatSettings
        fields = ("id", "valid_from", "method", "basis", "interval", "rate_method", "group_uid",
                  "round_down")  # fmt: skip


class VatSettingsInput(Input):
    """How VAT is settled from a day on: 1 January, or the day liability begins or ends."""

    valid_from = DayField()
    method = serializers.ChoiceField(choices=VatSettings.Method.choices)
    basis = serializers.ChoiceField(choices=VatSettings.Basis.choices)
    interval = serializers.ChoiceField(choices=VatSettings.Interval.choices)
    rate_method = serializers.ChoiceField(choices=VatSettings.RateMethod.choices, required=False)
    group_uid = serializers.CharField(max_length=20, required=False, allow_blank=True)
    round_down = serializers.BooleanField(required=False)


class OpenPartOutput(serializers.Serializer[Any]):
    side = serializers.CharField()
    item = serializers.IntegerField()
    party = serializers.CharField()
    document = serializers.CharField()
    code = serializers.CharField()
    rate = AmountField()
    net = AmountField()
    vat = AmountField()


class OpenSumOutput(serializers.Serializer[Any]):
    side = serializers.CharField()
    code = serializers.CharField()
    rate = AmountField()
    net = AmountField()
    vat = AmountField()


class StockOutput(serializers.Serializer[Any]):
    account = serializers.CharField()
    name = serializers.CharField()
    balance = AmountField()
    vat = AmountField()


class VatPreviewOutput(serializers.Serializer[Any]):
    """What a change moves; ``edge`` is the last day of the settings before."""

    edge = DayField()
    direction = serializers.CharField()
    parts = OpenPartOutput(many=True)
    sums = OpenSumOutput(many=True)
    stocks = StockOutput(many=True)
    correction_code = serializers.CharField()
    correction_box = serializers.CharField()
    booked = serializers.IntegerField()
    hints = serializers.ListField(child=serializers.CharField())


class VatSettingsViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-settings/``: newest first; settings of the same day are replaced."""

    permissions = {
        "list": Permission.VAT_READ,
        "retrieve": Permission.VAT_READ,
        "create": Permission.VAT_CHANGE,
        "destroy": Permission.VAT_CHANGE,
        "preview": Permission.VAT_CHANGE,
    }
    serializer_class = VatSettingsOutput
    queryset = VatSettings.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatSettings]:
        return VatSettings.of(self.company).order_by("-valid_from")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=VatSettingsInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(VatSettingsInput)
        found = change_settings(company=self.company, by=self.access.user, **told)
        return self.shown(found, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        remove_settings(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(parameters=[VatSettingsInput], responses=VatPreviewOutput)
    @action(detail=False, pagination_class=None)
    def preview(self, request: Request, **kwargs: Any) -> Response:
        """What would move if settings changed; nothing is written."""
        found = preview(self.company, Wanted(**self.asked(VatSettingsInput)))
        return Response(VatPreviewOutput(found).data)


class VatActivityOutput(serializers.ModelSerializer[VatActivity]):
    class Meta:
        model = VatActivity
        fields = ("id", "activity_code", "name", "percent", "valid_from", "valid_to")


class VatActivityInput(Input):
    """A granted rate in percent; ``activity_code`` has five characters."""

    activity_code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=120)
    percent = AmountField()
    valid_from = DayField()
    valid_to = DayField(required=False, allow_null=True)


class VatActivityEnd(Input):
    """The last day of a granted rate; null is without end."""

    valid_to = DayField(allow_null=True)


class VatActivityViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-activities/``: granted activities, each row a rate in time."""

    permissions = {
        "list": Permission.VAT_READ,
        "retrieve": Permission.VAT_READ,
        "create": Permission.VAT_CHANGE,
        "partial_update": Permission.VAT_CHANGE,
    }
    serializer_class = VatActivityOutput
    queryset = VatActivity.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatActivity]:
        return activities_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=VatActivityInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(VatActivityInput)
        return self.shown(grant_activity(company=self.company, by=self.access.user, **told), 201)

    @extend_schema(request=VatActivityEnd)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found, told = self.changing(), self.told(VatActivityEnd)
        return self.shown(end_activity(found, by=self.access.user, **told))


class ActivityAccountOutput(serializers.ModelSerializer[ActivityAccount]):
    account = serializers.CharField(source="account.number")

    class Meta:
        model = ActivityAccount
        fields = ("account", "activity_code")


class ActivityAccountsInput(Input):
    """Activities by number of account; a blank activity takes the account out."""

    accounts = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=20))


class ActivityAccountViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-activity-accounts/``: which account's turnover belongs to which activity."""

    permissions = {"list": Permission.VAT_READ, "create": Permission.VAT_CHANGE}
    serializer_class = ActivityAccountOutput
    queryset = ActivityAccount.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[ActivityAccount]:
        rows = ActivityAccount.of(self.company).select_related("account")
        return rows.order_by("account__number")

    @extend_schema(request=ActivityAccountsInput, responses={200: ActivityAccountOutput(many=True)})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(ActivityAccountsInput)
        assign_accounts(company=self.company, by=self.access.user, **told)
        return Response(self.get_serializer(self.get_queryset(), many=True).data)


router = SimpleRouter()
router.register("vat-settings", VatSettingsViewSet, basename="vat-settings")
router.register("vat-activities", VatActivityViewSet, basename="vat-activities")
router.register("vat-code-table", VatCodeTableViewSet, basename="vat-code-table")
router.register("vat-activity-accounts", ActivityAccountViewSet, basename="vat-activity-accounts")
urls = router.urls
