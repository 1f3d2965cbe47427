"""``…/vouchers/{id}/``: originals, bit for bit."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounting.ledger import queries
from accounting.ledger.models import EntryVoucher
from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.pictures import PageQuery
from erp.core.filetypes import DOCUMENTS
from erp.documents.serving import original


class VoucherOutput(serializers.ModelSerializer[EntryVoucher]):
    """An original on an entry; its bytes are at ``…/vouchers/{id}/``."""

    entry = serializers.IntegerField(source="entry_id")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    digest = serializers.CharField(source="file.digest", help_text="SHA-256")
    stored_at = serializers.DateTimeField(source="file.stored_at")

    class Meta:
        model = EntryVoucher
        fields = ("id", "entry", "name", "content_type", "size", "digest", "stored_at")


class VoucherViewSet(CompanyViewSet):
    """``…/vouchers/``"""

    permissions = {"retrieve": Permission.LEDGER_READ, "picture": Permission.LEDGER_READ}
    serializer_class = VoucherOutput
    queryset = EntryVoucher.unscoped.none()
    renderer_classes = (JSONRenderer, AnyType)

    def get_queryset(self) -> QuerySet[EntryVoucher]:
        return queries.vouchers_within_reach(self.access).select_related("file")

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in DOCUMENTS})
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The original, to be saved."""
        return original(self.get_object().file, download=True)

    @extend_schema(parameters=[PageQuery], responses=pictures.RESPONSES)
    @action(detail=True, methods=["get"])
    def picture(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """A page of the original, drawn anew as a picture of a size."""
        return pictures.shown(request, self.get_object().file, **self.asked(PageQuery))
