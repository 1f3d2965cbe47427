"""``…/layouts/`` and ``…/layouts/{kind}/``: how papers look. Previews are where the papers are.

``…/sales-settings/sample/`` and ``…/year-end/{id}/report/`` take the same fields to be tried.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.layouts import LookInput, LookOutput
from erp.layouts import saving
from erp.layouts.models import Layout
from erp.layouts.queries import Chosen, layout_of, layouts
from erp.layouts.values import Kind


class LayoutViewSet(CompanyViewSet):
    """``…/layouts/``: addressed by the kind of paper."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "partial_update": Permission.COMPANY_CHANGE,
        "destroy": Permission.COMPANY_CHANGE,
    }
    serializer_class = LookOutput
    queryset = Layout.unscoped.none()
    lookup_field = "kind"
    lookup_value_regex = "[a-z_]{1,11}"
    pagination_class = None

    def get_object(self) -> Chosen:
        kind = self.kwargs["kind"]
        if kind not in Kind.values:
            raise Http404
        return layout_of(self.company, kind)

    def hold(self) -> None:
        saving.hold(self.company)

    @extend_schema(responses=LookOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The layouts of all kinds of papers, that of all papers first."""
        return Response(self.get_serializer(layouts(self.company), many=True).data)

    def retrieve(self, request: Request, kind: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=LookInput)
    def partial_update(self, request: Request, kind: str, **kwargs: Any) -> Response:
        """Let papers of a kind look so from now on; papers that went out stay as they are."""
        self.changing()
        told = self.told(LookInput, partial=True)
        saving.save_layout(company=self.company, kind=kind, by=self.access.user, **told)
        return self.shown(self.get_object())

    def destroy(self, request: Request, kind: str, **kwargs: Any) -> Response:
        """Let papers of a kind look as all others do, or all as they usually do."""
        self.changing()
        saving.forget_layout(company=self.company, kind=kind, by=self.access.user)
        return Response(status=204)
