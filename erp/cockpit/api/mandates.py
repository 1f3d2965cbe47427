"""``…/mandates/``: which fiduciaries work in a company."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.firms.models import Mandate
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.cockpit import firms


class MandateOutput(serializers.ModelSerializer[Mandate]):
    """A mandate; ``ended_at`` is null while it runs."""

    firm = serializers.CharField(source="firm.name")
    role = serializers.CharField(source="role.code")
    given_by = serializers.CharField(source="given_by.email")

    class Meta:
        model = Mandate
        fields = ("id", "firm", "role", "given_by", "given_at", "ended_at")


class MandateInput(Input):
    """``firm_code`` is what the fiduciary tells its clients."""

    firm_code = serializers.CharField(max_length=12)
    role = serializers.SlugField(max_length=30)


class MandateViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/mandates/``"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "retrieve": Permission.MEMBERS_READ,
        "create": Permission.MEMBERS_CHANGE,
        "destroy": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"create", "destroy"})
    serializer_class = MandateOutput
    queryset = Mandate.unscoped.none()

    def get_queryset(self) -> QuerySet[Mandate]:
        return Mandate.of(self.company).select_related("firm", "role", "given_by", "company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=MandateInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let a fiduciary's staff work in the company with a role."""
        given = firms.give_mandate(
            company=self.company, by=self.access.user, **self.told(MandateInput)
        )
        return self.shown(given, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """End a mandate: everything closes to the fiduciary's staff at once; the row stays."""
        firms.end_mandate(self.changing(), by=self.access.user)
        return Response(status=204)
