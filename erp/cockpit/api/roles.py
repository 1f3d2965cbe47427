"""``…/roles/``: what roles grant."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import Role
from erp.access.permissions import Permission, in_order
from erp.api.inputs import Input
from erp.cockpit.api.members import HoldingViewSet
from erp.cockpit.roles import change_role, delete_role, make_role


class RoleOutput(serializers.ModelSerializer[Role]):
    """A role; a ``ready`` one stays as it is, and gets further permissions with the program."""

    permissions = serializers.SerializerMethodField()

    class Meta:
        model = Role
        fields = ("code", "name", "ready", "permissions")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_permissions(self, role: Role) -> list[str]:
        return in_order(role.rights)


class RoleInput(Input):
    """``permissions`` are those of ``…/roles/`` that whoever asks has themselves."""

    name = serializers.CharField(max_length=60)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=Permission.choices), max_length=len(Permission)
    )


class RoleViewSet(mixins.ListModelMixin, HoldingViewSet):
    """``…/roles/``, by their codes"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "retrieve": Permission.MEMBERS_READ,
        "create": Permission.MEMBERS_CHANGE,
        "partial_update": Permission.MEMBERS_CHANGE,
        "destroy": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"create", "partial_update", "destroy"})
    serializer_class = RoleOutput
    queryset = Role.unscoped.none()
    pagination_class = None
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,30}"

    def get_queryset(self) -> QuerySet[Role]:
        return Role.of(self.company).select_related("company").order_by("name", "code")

    def retrieve(self, request: Request, code: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=RoleInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Make a role; its name keeps a repeat from making another."""
        made = make_role(company=self.company, by=self.access.user, **self.told(RoleInput))
        return self.shown(made, 201)

    @extend_schema(request=RoleInput)
    def partial_update(self, request: Request, code: str, **kwargs: Any) -> Response:
        """Change a role; it holds from the next request on of everybody who has it."""
        role, told = self.changing(), self.told(RoleInput, partial=True)
        return self.shown(change_role(role, by=self.access.user, **told))

    def destroy(self, request: Request, code: str, **kwargs: Any) -> Response:
        """Delete a role that nobody has."""
        delete_role(self.changing(), by=self.access.user)
        return Response(status=204)
