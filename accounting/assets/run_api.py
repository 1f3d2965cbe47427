"""``…/depreciation-runs/``, ``…/assets-table/``"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.assets import (
    control,
    reports,
    run_shapes,
    running,
    table,
)
from accounting.assets.models import Asset, DepreciationRun
from accounting.ledger.api.spans import SpanQuery
from erp.access.permissions import Permission
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY


class DepreciationRunViewSet(mixins.ListModelMixin, Filed):
    """``…/depreciation-runs/``"""

    permissions = {
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "proposal": Permission.ASSETS_READ,
        "rows": Permission.ASSETS_READ,
        "create": Permission.ASSETS_POST,
        "reverse": Permission.ASSETS_POST,
    }
    takes_along: ClassVar[dict[str, Permission]] = {
        "proposal": Permission.LEDGER_EXPORT, "rows": Permission.LEDGER_EXPORT
    }  # fmt: skip
    serializer_class = run_shapes.DepreciationRunOutput
    queryset = DepreciationRun.unscoped.none()
    ordering = ("-end", "-pk")

    def get_queryset(self) -> QuerySet[DepreciationRun]:
        return running.runs(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @shown_or_filed(
        run_shapes.DepreciationProposalOutput, parameters=[run_shapes.DepreciationUntilQuery]
    )
    @action(detail=False, methods=["get"])
    def proposal(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What a run until a day would post, per asset with base, rate and months."""
        found = running.propose(self.company, **self.asked(run_shapes.DepreciationUntilQuery))
        if self.form:
            return self.filed(reports.proposal_table(found))
        page = self.page_of(found.posted, by=lambda row: row.asset.pk)
        return self.told_beside(run_shapes.DepreciationProposalOutput, page, start=found.start, until=found.until,
                                total=found.total, warned=found.warned)  # fmt: skip

    @extend_schema(
        request=run_shapes.DepreciationInput,
        responses={201: run_shapes.DepreciationRunOutput},
        parameters=[KEY],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Post the depreciation of all assets until a day as one entry."""
        told = self.told(run_shapes.DepreciationInput)
        return self.once(lambda: self.shown(running.run(
            self.company, until=told["until"], by=self.access.user, expected=told.get("total")
        ), 201))  # fmt: skip

    @extend_schema(
        request=run_shapes.DepreciationReversalInput,
        responses=run_shapes.DepreciationRunOutput,
        parameters=[KEY],
    )
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo the whole of the latest run by the mirror image of its entry."""
        found = self.get_object()
        self.told(run_shapes.DepreciationReversalInput)
        return self.once(lambda: self.shown(running.reverse(found, by=self.access.user)))

    @shown_or_filed(run_shapes.DepreciatedOutput(many=True))
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """What a run posted, per asset."""
        found = self.get_object()
        movements = running.movements_of(found)
        if self.form:
            return self.filed(reports.run_table(found, list(movements)))
        page = self.page_of(list(movements), by=lambda row: row.pk)
        return self.get_paginated_response(run_shapes.DepreciatedOutput(page, many=True).data)


class AssetsTableViewSet(Filed):
    """``…/assets-table/``"""

    permissions = {"list": Permission.ASSETS_READ}
    takes_along: ClassVar[dict[str, Permission]] = {"list": Permission.LEDGER_EXPORT}
    serializer_class = run_shapes.AssetsTableOutput
    queryset = Asset.unscoped.none()
    pagination_class = None

    @shown_or_filed(run_shapes.AssetsTableOutput, parameters=[SpanQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Cost, depreciation and book values of a span by category and asset, held against the ledger."""
        told = self.asked(SpanQuery)
        groups = table.assets_table(self.company, **told)
        if self.form:
            return self.filed(table.as_table(groups, **told))
        return Response(run_shapes.AssetsTableOutput({
            "groups": groups, "total": table.total_of(groups),
            "control": control.control(self.company, until=told["until"]),
        }).data)  # fmt: skip
