"""``…/support-consents/``: who allowed operators to look in, and until when."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.access.support.models import LONGEST, SHORTEST, SupportConsent
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.cockpit.support import allow_support, consents_of, end_support


class SupportConsentOutput(serializers.ModelSerializer[SupportConsent]):
    """Operators may look in until ``until``, unless it was ended before."""

    given_by = serializers.CharField(source="given_by.email")
    ended_by = serializers.CharField(source="ended_by.email", allow_null=True, default=None)

    class Meta:
        model = SupportConsent
        fields = ("id", "given_by", "given_at", "reason", "until", "read_only", "ended_at",
                  "ended_by")  # fmt: skip


class SupportConsentInput(Input):
    reason = serializers.CharField(max_length=200)
    hours = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST)


class SupportConsentViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/support-consents/``: newest first."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "create": Permission.COMPANY_CHANGE,
        "destroy": Permission.COMPANY_CHANGE,
    }
    step_up = frozenset({"create", "destroy"})
    serializer_class = SupportConsentOutput
    queryset = SupportConsent.unscoped.none()
    ordering = ("-given_at", "-pk")

    def get_queryset(self) -> QuerySet[SupportConsent]:
        return consents_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=SupportConsentInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let operators look in for some hours; they read, and never write."""
        told = self.told(SupportConsentInput)
        given = allow_support(company=self.company, by=self.access.user, **told)
        return self.shown(given, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """End support access; the operators' next request finds nothing."""
        end_support(self.changing(), by=self.access.user)
        return Response(status=204)
