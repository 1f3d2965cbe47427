"""``…/own-fields/``: fields that a company gives its records itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import NamedInput
from erp.companies.naming import NAMES
from erp.own_fields.models import OwnField
from erp.own_fields.saving import delete_own_field, save_own_field
from erp.own_fields.subjects import offered


class OwnFieldOutput(serializers.ModelSerializer[OwnField]):
    """A field; records of its ``subject`` keep their values in ``own_values``, by its code."""

    choices = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = OwnField
        fields = ("id", "subject", "code", "kind", *NAMES, "choices", "position", "printed")


class OwnFieldInput(NamedInput):
    """``choices`` are for fields of the kind choice; the kind stays while there are values."""

    subject = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=OwnField.Kind.choices)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=100
    )
    position = serializers.IntegerField(required=False, min_value=0, max_value=999)
    printed = serializers.BooleanField(required=False, help_text="On papers, where there are any")


class OwnFieldQuery(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=20, required=False, help_text="Such as contact")


class OwnFieldViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/own-fields/``; changing one takes the right of its subject as well."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "create": Permission.COMPANY_READ,
        "partial_update": Permission.COMPANY_READ,
        "destroy": Permission.COMPANY_READ,
    }
    serializer_class = OwnFieldOutput
    follows = "own_field"
    queryset = OwnField.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[OwnField]:
        names = [one.name for one in offered(self.company)]
        rows = OwnField.of(self.company).filter(subject__in=names).select_related("company")
        return rows.order_by("subject", "position", "code")

    @extend_schema(parameters=[OwnFieldQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Own fields, of one subject or of all whose modules the company uses."""
        return super().list(request, **kwargs)

    def filter_queryset(self, rows: Any) -> Any:
        told = self.asked(OwnFieldQuery) if self.action == "list" else {}
        return rows.filter(subject=told["subject"]) if "subject" in told else rows

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=OwnFieldInput, responses={201: OwnFieldOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        if isinstance(request.data, dict):
            self._require(request.data.get("subject"))
        told = self.told(OwnFieldInput)
        return self.shown(
            save_own_field(company=self.company, by=self.access.user, **told), 201
        )  # fmt: skip

    @extend_schema(request=OwnFieldInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        self._require(self.get_object().subject)
        field, told = self.changing(), self.told(OwnFieldInput, partial=True)
        return self.shown(
            save_own_field(company=self.company, by=self.access.user, own_field=field, **told)
        )

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete an own field that no record has a value of."""
        self._require(self.get_object().subject)
        delete_own_field(self.changing(), by=self.access.user)
        return Response(status=204)

    def _require(self, subject: Any) -> None:
        """The right of a subject; what is none is told by the act."""
        found = next((one for one in offered(self.company) if one.name == subject), None)
        if found is not None and not self.access.may(found.settings):
            raise PermissionDenied
