"""``…/favourites/``: pages that one keeps at hand in a company."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.cockpit.favourites import change, changeable, drop, keep
from erp.cockpit.models import Favourite


class FavouriteOutput(serializers.ModelSerializer[Favourite]):
    """A page below the company's address, with its filters; shared ones are at hand for all."""

    class Meta:
        model = Favourite
        fields = ("id", "name", "address", "is_shared", "position")


class FavouriteChange(Input):
    """Sharing takes the right to change the company."""

    name = serializers.CharField(max_length=60)
    is_shared = serializers.BooleanField(required=False)
    position = serializers.IntegerField(required=False, min_value=0, max_value=32767)


class FavouriteInput(FavouriteChange):
    """``address`` is a page of the company, such as ``open-items/receivables/?state=overdue``."""

    address = serializers.CharField(max_length=1000)


class FavouriteViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/favourites/``: one's own, and those of all for whoever may change the company."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "create": Permission.COMPANY_READ,
        "partial_update": Permission.COMPANY_READ,
        "destroy": Permission.COMPANY_READ,
    }
    serializer_class = FavouriteOutput
    queryset = Favourite.unscoped.none()
    ordering = ("position", "name", "pk")

    def get_queryset(self) -> QuerySet[Favourite]:
        rows: QuerySet[Favourite] = changeable(self.access)
        return rows

    def list(self, request: Request, **kwargs: Any) -> Response:
        """Favourites in their order."""
        return super().list(request, **kwargs)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=FavouriteInput, responses={201: FavouriteOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Keep a page at hand; one that is kept already gets what is told now."""
        return self.shown(keep(self.access, **self.told(FavouriteInput)), 201)

    @extend_schema(request=FavouriteChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        favourite, told = self.changing(), self.told(FavouriteChange, partial=True)
        return self.shown(change(self.access, favourite, **told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Keep a page no longer."""
        drop(self.access, self.changing())
        return Response(status=204)
