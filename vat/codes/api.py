"""``/api/v1/companies/{company}/vat-codes/``"""

from __future__ import annotations

from typing import Any

from rest_framework import mixins, serializers
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from vat.codes.models import VatCode


class VatCodeOutput(serializers.ModelSerializer[VatCode]):
    class Meta:
        model = VatCode
        fields = ("id", "code", "kind", "rate_class", "name_de", "name_fr", "name_it", "name_en",
                  "active")  # fmt: skip


class VatCodeViewSet(mixins.ListModelMixin, CompanyViewSet):
    permissions = {"list": Permission.VAT_READ}
    serializer_class = VatCodeOutput
    queryset = VatCode.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> Any:
        if not hasattr(self, "company"):
            return self.queryset
        return VatCode.of(self.company).order_by("position")


router = SimpleRouter()
router.register("vat-codes", VatCodeViewSet, basename="vat-codes")
urls = router.urls
