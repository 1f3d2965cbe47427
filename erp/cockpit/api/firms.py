"""``/api/v1/firms/``: the fiduciaries somebody works for."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.firms.models import FirmStaff
from erp.api.personal import PersonalViewSet
from erp.cockpit.firms import firms_of


class FirmOutput(serializers.ModelSerializer[FirmStaff]):
    """A firm, and what one is there; ``may_found`` says whether one may add companies for it."""

    id = serializers.IntegerField(source="firm.pk")
    name = serializers.CharField(source="firm.name")
    code = serializers.CharField(source="firm.code")
    team_role = serializers.CharField(help_text="lead, accountant, assistant or reviewer")
    may_found = serializers.BooleanField()

    class Meta:
        model = FirmStaff
        fields = ("id", "name", "code", "team_role", "is_manager", "may_found")


class FirmsViewSet(PersonalViewSet):
    """``/api/v1/firms/``"""

    serializer_class = FirmOutput
    pagination_class = None

    @extend_schema(responses=FirmOutput(many=True))
    def list(self, request: Request) -> Response:
        """The firms one works for, by name."""
        return Response(FirmOutput(firms_of(self.person), many=True).data)
