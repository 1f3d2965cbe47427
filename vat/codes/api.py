"""``/api/v1/companies/{company}/``: VAT codes and dated settings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from vat.codes.models import VatCode, VatSettings
from vat.codes.own import change_code
from vat.codes.setup import change_settings


class VatCodeOutput(serializers.ModelSerializer[VatCode]):
    class Meta:
        model = VatCode
        fields = ("id", "code", "kind", "rate_class", "name_de", "name_fr", "name_it", "name_en",
                  "active")  # fmt: skip


class VatCodeInput(Input):
    """Whether a code is offered; what stands on entries stays."""

    active = serializers.BooleanField()


class VatCodeViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-codes/``: addressed by code."""

    permissions = {
        "list": Permission.VAT_READ,
        "retrieve": Permission.VAT_READ,
        "partial_update": Permission.VAT_CHANGE,
    }
    serializer_class = VatCodeOutput
    queryset = VatCode.unscoped.none()
    lookup_field = "code"
    lookup_value_regex = "[A-Z0-9]{1,6}"
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatCode]:
        return VatCode.of(self.company).order_by("position")

    def retrieve(self, request: Request, code: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=VatCodeInput)
    def partial_update(self, request: Request, code: str, **kwargs: Any) -> Response:
        found = self.changing()
        return self.shown(change_code(found, by=self.access.user, **self.told(VatCodeInput)))


class VatSettingsOutput(serializers.ModelSerializer[VatSettings]):
    class Meta:
        model = VatSettings
        fields = ("id", "valid_from", "method", "basis", "interval", "rate_method")


class VatSettingsInput(Input):
    """How VAT is settled from the first day of a quarter on."""

    valid_from = DayField()
    method = serializers.ChoiceField(choices=VatSettings.Method.choices)
    basis = serializers.ChoiceField(choices=VatSettings.Basis.choices)
    interval = serializers.ChoiceField(choices=VatSettings.Interval.choices)
    rate_method = serializers.ChoiceField(choices=VatSettings.RateMethod.choices, required=False)


class VatSettingsViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-settings/``: newest first; settings of the same day are replaced."""

    permissions = {"list": Permission.VAT_READ, "create": Permission.VAT_CHANGE}
    serializer_class = VatSettingsOutput
    queryset = VatSettings.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatSettings]:
        return VatSettings.of(self.company).order_by("-valid_from")

    @extend_schema(request=VatSettingsInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(VatSettingsInput)
        found = change_settings(company=self.company, by=self.access.user, **told)
        return self.shown(found, 201)


router = SimpleRouter()
router.register("vat-codes", VatCodeViewSet, basename="vat-codes")
router.register("vat-settings", VatSettingsViewSet, basename="vat-settings")
urls = router.urls
