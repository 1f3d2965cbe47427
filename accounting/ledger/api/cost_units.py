"""``…/cost-centres/`` and ``…/cost-objects/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import charting
from accounting.ledger.models import CostCentre, CostObject
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.companies.models import Module


class CostCentreOutput(serializers.ModelSerializer[CostCentre]):
    class Meta:
        model = CostCentre
        fields = ("id", "number", "name_de", "name_fr", "name_it", "name_en", "active_until")


class CostObjectOutput(serializers.ModelSerializer[CostObject]):
    class Meta:
        model = CostObject
        fields = CostCentreOutput.Meta.fields


class CostUnitInput(Input):
    """A cost centre or cost object to add, or the fields of one to change."""

    number = serializers.CharField(max_length=10)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    active_until = DayField(required=False, allow_null=True)


class _CostUnits(mixins.ListModelMixin, CompanyViewSet):
    """What cost centres and cost objects have in common."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.CHART_CHANGE,
        "partial_update": Permission.CHART_CHANGE,
    }
    modules = dict.fromkeys(permissions, Module.COST_ACCOUNTING)
    pagination_class = None
    model: type[CostCentre | CostObject]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model.of(self.company).order_by("number")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=CostUnitInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        return self._save(self.model(company=self.company), self.told(CostUnitInput), 201)

    @extend_schema(request=CostUnitInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self._save(self.changing(), self.told(CostUnitInput, partial=True))

    def _save(self, unit: Any, told: dict[str, Any], status: int = 200) -> Response:
        return self.shown(charting.save_cost_unit(unit, by=self.access.user, **told), status)


class CostCentreViewSet(_CostUnits):
    """``…/cost-centres/``"""

    serializer_class = CostCentreOutput
    follows = "cost_centre"
    queryset = CostCentre.unscoped.none()
    model = CostCentre


class CostObjectViewSet(_CostUnits):
    """``…/cost-objects/``"""

    serializer_class = CostObjectOutput
    follows = "cost_object"
    queryset = CostObject.unscoped.none()
    model = CostObject
