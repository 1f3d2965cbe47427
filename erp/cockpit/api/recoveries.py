"""``…/recoveries/``: people who lost all their factors, and those who say that it is them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.access.recovery.models import FactorRecovery, RecoveryApproval
from erp.api.endpoints import CompanyViewSet
from erp.cockpit import recovery


class RecoveryOutput(serializers.ModelSerializer[RecoveryApproval]):
    """A request of somebody who lost all factors; ``by`` gave this company's (or firm's) word.

    ``ready_at`` is when the 24 hours are over, once everybody concerned has confirmed.
    """

    email = serializers.CharField(source="recovery.user.email")
    name = serializers.CharField(source="recovery.user.name")
    asked_at = serializers.DateTimeField(source="recovery.asked_at")
    address = serializers.CharField(source="recovery.address")
    ready_at = serializers.DateTimeField(source="recovery.ready_at", allow_null=True)
    by = serializers.CharField(source="by.email", default=None, allow_null=True)

    class Meta:
        model = RecoveryApproval
        fields = ("id", "email", "name", "asked_at", "address", "ready_at", "by", "at")


class RecoveryViewSet(CompanyViewSet):
    """``…/recoveries/``"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "confirm": Permission.MEMBERS_CHANGE,
        "refuse": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"confirm", "refuse"})
    serializer_class = RecoveryOutput
    queryset = RecoveryApproval.objects.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[RecoveryApproval]:
        rows = RecoveryApproval.objects.filter(company=self.company)
        return rows.filter(recovery__in=FactorRecovery.running())

    @extend_schema(responses=RecoveryOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The requests that are open, with or without this company's word, the oldest first."""
        return Response(RecoveryOutput(recovery.waiting_in(self.company), many=True).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say that it is them, made sure by another way than mail; wants the second factor."""
        recovery.confirm(self.get_object(), place=self.company, by=self.access.user)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say that it is not them, or better not now; it is over everywhere. Wants the second factor."""
        recovery.refuse(self.get_object(), place=self.company, by=self.access.user)
        return Response(status=204)
