"""``…/asset-categories/``"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.assets import (
    categories,
    ceilings,
    shapes,
)
from accounting.assets.models import AssetCategory, AssetRule
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import named
from erp.core import clock


class AssetCategoryViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/asset-categories/``"""

    permissions = {
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "ceilings": Permission.ASSETS_READ,
        "create": Permission.ASSETS_SETTINGS,
        "partial_update": Permission.ASSETS_SETTINGS,
        "defaults": Permission.ASSETS_SETTINGS,
        "rules": Permission.ASSETS_SETTINGS,
        "rule": Permission.ASSETS_SETTINGS,
    }
    serializer_class = shapes.AssetCategoryOutput
    queryset = AssetCategory.unscoped.none()
    ordering = ("code",)

    def get_queryset(self) -> QuerySet[AssetCategory]:
        return categories.categories(self.company).prefetch_related("rules")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=shapes.AssetCategoryInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        category = AssetCategory(company=self.company, **self.told(shapes.AssetCategoryInput))
        return self.shown(categories.save_category(category, by=self.access.user), 201)

    @extend_schema(request=shapes.AssetCategoryInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        category = self.changing()
        for name, value in self.told(shapes.AssetCategoryInput, partial=True).items():
            setattr(category, name, value)
        return self.shown(categories.save_category(category, by=self.access.user))

    @extend_schema(
        request=shapes.AssetDefaultsInput, responses={201: shapes.AssetCategoryOutput(many=True)}
    )
    @action(detail=False, methods=["post"])
    def defaults(self, request: Request, **kwargs: Any) -> Response:
        """Add the categories of the KMU chart that the company has the accounts of."""
        told = self.told(shapes.AssetDefaultsInput)
        made = categories.add_defaults(self.company, by=self.access.user, **told)
        return Response(self.get_serializer(made, many=True).data, status=201)

    @extend_schema(request=shapes.AssetRuleInput, responses={201: shapes.AssetRuleOutput})
    @action(detail=True, methods=["post"])
    def rules(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let a rule of depreciation hold from a day on, for fiscal years that begin then or later."""
        category, told = self.get_object(), self.told(shapes.AssetRuleInput)
        made = categories.add_rule(category, by=self.access.user, **told)
        return Response(shapes.AssetRuleOutput(made).data, status=201)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="rules/(?P<rule>[0-9]{1,18})")
    def rule(self, request: Request, pk: str, rule: str, **kwargs: Any) -> Response:
        """Delete a rule; another one must stay. ``If-Match`` is the category's ETag."""
        category = self.changing()
        rows = AssetRule.of(self.company).filter(category=category)
        found = named(rows.select_related("company", "category"), int(rule), place="rule")
        categories.delete_rule(found, by=self.access.user)
        return Response(status=204)

    @extend_schema(
        parameters=[shapes.CeilingQuery], responses=shapes.DepreciationCeilingOutput(many=True)
    )
    @action(detail=False, methods=["get"])
    def ceilings(self, request: Request, **kwargs: Any) -> Response:
        """The highest rates that tax accepts without proof, with their source."""
        on = self.asked(shapes.CeilingQuery).get("on") or clock.today()
        rows = [
            {"code": one.code, "name": one.name, "valid_from": one.valid_from,
             "valid_to": one.valid_to, "of_book_value": one.of_book_value, "of_cost": one.of_cost,
             "origin": ceilings.SOURCE}
            for one in ceilings.ceilings(on).values()
        ]  # fmt: skip
        page = self.page_of(rows, by=lambda row: row["code"])
        return self.get_paginated_response(shapes.DepreciationCeilingOutput(page, many=True).data)
