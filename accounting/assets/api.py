"""``…/assets/``, ``…/asset-categories/``, ``…/asset-lines/``, ``…/depreciation-runs/``, ``…/assets-table/``."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.assets import (
    disposing,
    importing,
    moving,
    queries,
    registering,
    selling,
    shapes,
    unregistered,
)
from accounting.assets.category_api import AssetCategoryViewSet
from accounting.assets.forms import residual_of
from accounting.assets.models import Asset
from accounting.assets.registering import LineOfEntry
from accounting.assets.run_api import AssetsTableViewSet, DepreciationRunViewSet
from accounting.assets.standings import assets, outlooks
from accounting.assets.voucher_api import AssetVoucherViewSet
from accounting.ledger.models import EntryLine, JournalEntry
from accounting.ledger.queries import year_of
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.imports import KEY_UNLESS_DRY, DryRunQuery, FileImports, ImportInput
from erp.api.inputs import missing, named
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core import clock
from erp.core.money import ZERO

_STATES = {"in_use": False, "gone": True, "all": None}


class AssetViewSet(mixins.ListModelMixin, Filed):
    """``…/assets/``"""

    permissions = {
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "whole": Permission.ASSETS_READ,
        "proceeds": Permission.ASSETS_READ,
        "create": Permission.ASSETS_CHANGE,
        "from_line": Permission.ASSETS_CHANGE,
        "partial_update": Permission.ASSETS_CHANGE,
        "destroy": Permission.ASSETS_CHANGE,
        "additions": Permission.ASSETS_CHANGE,
        "revalue": Permission.ASSETS_POST,
        "transfer": Permission.ASSETS_POST,
        "dispose": Permission.ASSETS_POST,
        "sell": Permission.ASSETS_POST,
        "undo": Permission.ASSETS_POST,
    }
    takes_along: ClassVar[dict[str, Permission]] = {"list": Permission.LEDGER_EXPORT}
    serializer_class = shapes.AssetOutput
    queryset = Asset.unscoped.none()
    ordering = ("number",)

    def get_queryset(self) -> QuerySet[Asset]:
        return assets(self.company)

    @shown_or_filed(shapes.AssetOutput(many=True), parameters=[shapes.AssetsQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """The register by number: assets in use, those disposed of, or all."""
        told = self.asked(shapes.AssetsQuery)
        category = told.get("category")
        rows = queries.listing(
            self.company, search=told.get("search", ""), gone=_STATES[told["state"]],
            category=category.pk if category else None,
        )  # fmt: skip
        if self.form:
            on = told.get("on") or clock.today()
            found = queries.with_values(self.company, list(rows), on=on)
            return self.filed(queries.listed_table(found, on=on))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses=shapes.AssetWhole)
    @action(detail=True, methods=["get"])
    def whole(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """An asset with its values, all that happened to it, and the fiscal year's depreciation."""
        asset = self.get_object()
        year = year_of(self.company, clock.today())
        found = None
        if year is not None and asset.disposed_on is None:
            found = next(iter(outlooks(self.company, [asset], year=year, until=year.end)), None)
        return Response(shapes.AssetWhole({
            "asset": asset, "values": moving.standing(asset, dt.date.max),
            "movements": list(queries.movements_of(asset)), "outlook": found,
        }).data)  # fmt: skip

    @extend_schema(responses=shapes.AssetProceedsOutput(many=True))
    @action(detail=True, methods=["get"])
    def proceeds(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Posted credits that may be what a sale of the asset brought, the latest first."""
        rows = list(disposing.proceeds(self.get_object())[: disposing.MOST_PROCEEDS])
        page = self.page_of(rows, by=lambda row: row.pk)
        return self.get_paginated_response(shapes.AssetProceedsOutput(page, many=True).data)

    @extend_schema(request=shapes.AssetInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Take over an asset that was there before the register; nothing is posted."""
        told = self.told(shapes.AssetInput)
        values = {name: told.pop(name, None) for name in ("date", "cost", "accumulated")}
        told.setdefault("in_service_on", told["acquired_on"])
        told.setdefault("residual", residual_of(told["category"]))
        made = registering.take_over(
            Asset(company=self.company, **told), date=values["date"], cost=values["cost"],
            accumulated=values["accumulated"] or ZERO, by=self.access.user,
        )  # fmt: skip
        return self.shown(made, 201)

    @extend_schema(request=shapes.AssetFromLineInput, responses={201: shapes.AssetOutput})
    @action(detail=False, methods=["post"], url_path="from-line")
    def from_line(self, request: Request, **kwargs: Any) -> Response:
        """Register a posted line on an asset account as a new asset; nothing is posted."""
        told = self.told(shapes.AssetFromLineInput)
        line, amount = self._line(told), told.pop("amount", None)
        proposed = registering.proposed(line)
        proposed.pop("amount")
        given = proposed | told
        if given["category"] is None:
            raise missing("category")
        given.setdefault("residual", residual_of(given["category"]))
        given["in_service_on"] = told.get("in_service_on", given["acquired_on"])
        made = registering.register_line(
            Asset(company=self.company, **given), LineOfEntry(line.entry, line.position),
            by=self.access.user, amount=amount,
        )  # fmt: skip
        return self.shown(made, 201)

    @extend_schema(request=shapes.AssetChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        asset = self.changing()
        for name, value in self.told(shapes.AssetChange, partial=True).items():
            setattr(asset, name, value)
        return self.shown(registering.save_asset(asset, by=self.access.user))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an asset out of the register that nothing was posted of."""
        registering.delete_asset(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=shapes.AssetAdditionInput, responses=shapes.AssetOutput)
    @action(detail=True, methods=["post"])
    def additions(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Add a posted line on the asset's account to it; nothing is posted."""
        asset, told = self.get_object(), self.told(shapes.AssetAdditionInput)
        line = self._line(told)
        return self.shown(registering.register_line(
            asset, LineOfEntry(line.entry, line.position), by=self.access.user,
            amount=told.get("amount"),
        ))  # fmt: skip

    @extend_schema(
        request=shapes.AssetRevaluationInput, responses=shapes.AssetOutput, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def revalue(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post an impairment, or take depreciation back."""
        asset, told = self.get_object(), self.told(shapes.AssetRevaluationInput)
        acts = {"down": moving.write_down, "up": moving.write_up}
        act = acts[told.pop("kind")]

        def once() -> Response:
            act(asset, by=self.access.user, **told)
            return self.shown(self.get_object())

        return self.once(once)

    @extend_schema(
        request=shapes.AssetTransferInput, responses=shapes.AssetOutput, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Move an asset with its values into another category."""
        asset, told = self.get_object(), self.told(shapes.AssetTransferInput)
        return self.once(lambda: self.shown(moving.transfer(asset, by=self.access.user, **told)))

    @extend_schema(
        request=shapes.AssetDisposalInput, responses=shapes.AssetOutput, parameters=[KEY]
    )
    @action(detail=True, methods=["post"])
    def dispose(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post the sale of an asset, by the line that says what it brought, or its scrapping."""
        asset, told = self.get_object(), self.told(shapes.AssetDisposalInput)
        sold_by = None
        if "entry" in told:
            line = self._line(told)
            sold_by = LineOfEntry(line.entry, line.position)
        return self.once(lambda: self.shown(disposing.dispose(
            asset, date=told["date"], by=self.access.user, sold_by=sold_by,
            text=told.get("text", ""),
        )))  # fmt: skip

    @extend_schema(request=shapes.AssetSaleInput, responses=shapes.AssetOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def sell(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Post the sale of an asset with its VAT, into an account or by an invoice, and dispose of it.

        An invoice needs the right to issue it, too.
        """
        asset, told = self.get_object(), self.told(shapes.AssetSaleInput)
        customer = told.get("customer")
        if customer is not None:
            self.access.require(Permission.RECEIVABLES_ISSUE)
        sale = selling.Sale(
            amount=told["amount"], account=told.get("account"), vat_code=told.get("vat_code"),
            customer=customer, basis=told["vat_basis"],
        )  # fmt: skip
        return self.once(lambda: self.shown(selling.sell(
            asset, sale, date=told["date"], by=self.access.user, text=told.get("text", "")
        )))  # fmt: skip

    @extend_schema(request=shapes.AssetUndoInput, responses=shapes.AssetOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo the latest movement of an asset that is not a run's."""
        asset = self.get_object()
        told = self.told(shapes.AssetUndoInput)
        return self.once(lambda: self.shown(disposing.undo(asset, by=self.access.user, **told)))

    def _line(self, told: dict[str, Any]) -> EntryLine:
        """The line that a body names; blank places are told as what they are."""
        entry = named(JournalEntry.of(self.company).filter(number__isnull=False),
                      told.pop("entry"), place="entry")  # fmt: skip
        rows = EntryLine.of(self.company).select_related(
            "account", "entry__company", "cost_centre", "cost_object"
        )
        found: EntryLine | None = rows.filter(entry=entry, position=told.pop("position")).first()
        if found is None:
            raise missing("position")
        return found


class AssetLineViewSet(CompanyViewSet):
    """``…/asset-lines/``"""

    permissions = {"list": Permission.ASSETS_READ}
    serializer_class = shapes.AssetLineOutput
    queryset = EntryLine.unscoped.none()

    @extend_schema(parameters=[shapes.AssetsOnQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Posted lines on asset accounts that no asset has, or not wholly, the latest first."""
        on = self.asked(shapes.AssetsOnQuery).get("on") or clock.today()
        page = self.page_of(unregistered.free_lines(self.company, until=on), by=lambda row: row.key)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class AssetImportViewSet(FileImports):
    """``…/asset-imports/``"""

    permissions = {"create": Permission.ASSETS_CHANGE}
    serializer_class = shapes.AssetImportOutput
    queryset = Asset.unscoped.none()

    @extend_schema(
        request={"multipart/form-data": ImportInput},
        responses={200: shapes.AssetImportOutput, 201: shapes.AssetImportOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Take over every asset of a CSV or XLSX file, or none; with ``dry_run`` only look at it."""
        return self.take()

    def preview(self, content: bytes, told: dict[str, Any]) -> importing.AssetPreview:
        return importing.preview(self.company, content)

    def perform(self, content: bytes, told: dict[str, Any]) -> importing.AssetPreview:
        return importing.import_assets(self.company, content, by=self.access.user)

    def as_told(self, found: importing.AssetPreview) -> dict[str, Any]:
        return {"rows": len(found.rows), "cost": found.cost, "accumulated": found.accumulated}


router = SimpleRouter()
router.register("assets", AssetViewSet, basename="assets")
router.register("asset-vouchers", AssetVoucherViewSet, basename="asset-vouchers")
router.register("asset-categories", AssetCategoryViewSet, basename="asset-categories")
router.register("asset-lines", AssetLineViewSet, basename="asset-lines")
router.register("depreciation-runs", DepreciationRunViewSet, basename="depreciation-runs")
router.register("assets-table", AssetsTableViewSet, basename="assets-table-report")
urls = [
    path("asset-imports/", AssetImportViewSet.as_view({"post": "create"}), name="asset-imports"),
    *router.urls,
]
