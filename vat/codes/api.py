"""``/api/v1/companies/{company}/``: VAT codes."""

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
from erp.api.inputs import AmountField, Input
from vat.codes.models import ALL, VatCode
from vat.codes.own import NAMES, add_code, change_code


class VatCodeOutput(serializers.ModelSerializer[VatCode]):
    class Meta:
        model = VatCode
        fields = ("id", "code", "catalogue_code", "kind", "rate_class", "name_de", "name_fr",
                  "name_it", "name_en", "deductible_percent", "active")  # fmt: skip


class VatCodeChange(Input):
    """Whether a code is offered, what it is called, what share of its tax is deducted."""

    active = serializers.BooleanField(required=False)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    deductible_percent = AmountField(required=False)


class VatCodeInput(VatCodeChange):
    """A code of the company's own, which behaves as a shipped one."""

    active = None  # type: ignore[assignment]
    code = serializers.CharField(max_length=20)
    based_on = serializers.CharField(max_length=20)


class VatCodeViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/vat-codes/``: addressed by code."""

    permissions = {
        "list": Permission.VAT_READ,
        "retrieve": Permission.VAT_READ,
        "create": Permission.VAT_CHANGE,
        "partial_update": Permission.VAT_CHANGE,
    }
    serializer_class = VatCodeOutput
    follows = "vat_code"
    queryset = VatCode.unscoped.none()
    lookup_field = "code"
    lookup_value_regex = "[A-Z0-9]{1,6}"
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatCode]:
        return VatCode.of(self.company).order_by("position", "code")

    def retrieve(self, request: Request, code: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=VatCodeInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(VatCodeInput)
        added = add_code(
            company=self.company, by=self.access.user, code=told["code"],
            based_on=told["based_on"], names=_names(told),
            deductible_percent=told.get("deductible_percent", ALL),
        )  # fmt: skip
        return self.shown(added, 201)

    @extend_schema(request=VatCodeChange)
    def partial_update(self, request: Request, code: str, **kwargs: Any) -> Response:
        found, told = self.changing(), self.told(VatCodeChange)
        changed = change_code(
            found, by=self.access.user, names=_names(told), active=told.get("active"),
            deductible_percent=told.get("deductible_percent"),
        )  # fmt: skip
        return self.shown(changed)


def _names(told: dict[str, Any]) -> dict[str, str]:
    return {name: told[name] for name in NAMES if name in told}


router = SimpleRouter()
router.register("vat-codes", VatCodeViewSet, basename="vat-codes")
urls = router.urls
