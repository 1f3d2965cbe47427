"""``…/asset-vouchers/``: originals of assets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.assets import shapes, vouching
from accounting.assets.holding import hold
from accounting.assets.models import Asset, AssetVoucher
from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import named
from erp.api.parsers import StrictJSONParser
from erp.api.pictures import PageQuery
from erp.api.schema import KEY
from erp.core.filetypes import DOCUMENTS
from erp.documents import storing
from erp.documents.serving import original


class AssetVoucherViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/asset-vouchers/``"""

    permissions = {
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "file": Permission.ASSETS_READ,
        "picture": Permission.ASSETS_READ,
        "create": Permission.ASSETS_CHANGE,
        "destroy": Permission.ASSETS_CHANGE,
    }
    serializer_class = shapes.AssetVoucherOutput
    queryset = AssetVoucher.unscoped.none()
    parser_classes = (StrictJSONParser, MultiPartParser)
    renderer_classes = (JSONRenderer, AnyType)

    def get_queryset(self) -> QuerySet[AssetVoucher]:
        return vouching.vouchers(self.company).select_related("asset__company")

    def hold(self) -> None:
        """Rows are added and deleted, never changed: the register is held."""
        hold(self.company)

    @extend_schema(parameters=[shapes.AssetVouchersQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The originals of one asset, or of all, in the order they came."""
        told = self.asked(shapes.AssetVouchersQuery)
        rows = self.get_queryset()
        if "asset" in told:
            asset = named(Asset.of(self.company), told["asset"], place="asset")
            rows = rows.filter(asset=asset)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(
        request={"multipart/form-data": shapes.AssetVoucherInput,
                 "application/json": shapes.AssetVoucherInput},
        responses={201: shapes.AssetVoucherOutput}, parameters=[KEY],
    )  # fmt: skip
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Hang an original on an asset: PDF, JPEG, PNG, WebP or HEIC."""
        told = self.told(shapes.AssetVoucherInput)
        rows = Asset.of(self.company).select_related("company")
        asset, upload = named(rows, told["asset"], place="asset"), told["file"]

        def act() -> Response:
            file = storing.store(
                company=self.company, name=upload.name or "file", by=self.access.user,
                content=storing.read_upload(upload),
            )  # fmt: skip
            (made,) = vouching.attach(asset, [file], by=self.access.user)
            return self.shown(made, 201)

        return self.once(act)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an original off its asset; the archive keeps it."""
        vouching.detach(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in DOCUMENTS})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The original, to be saved."""
        return original(self.get_object().file, download=True)

    @extend_schema(parameters=[PageQuery], responses=pictures.RESPONSES)
    @action(detail=True, methods=["get"])
    def picture(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """A page of the original, drawn anew as a picture of a size."""
        return pictures.shown(request, self.get_object().file, **self.asked(PageQuery))
