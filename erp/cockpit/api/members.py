"""``…/members/``, ``…/roles/`` and ``…/audit-events/``: who may do what, and who did."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import Membership, Role
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.audit.labels import ACTIONS
from erp.audit.models import AuditEvent
from erp.cockpit.members import grant, user_named, withdraw


class RoleOutput(serializers.ModelSerializer[Role]):
    class Meta:
        model = Role
        fields = ("code", "name", "permissions")


class MemberOutput(serializers.ModelSerializer[Membership]):
    """A role of somebody in the company; several roles add up."""

    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.CharField(source="role.code")

    class Meta:
        model = Membership
        fields = ("id", "email", "name", "role")


class MemberInput(Input):
    email = serializers.EmailField()
    role = serializers.CharField(max_length=30)

    def validate_role(self, code: str) -> str:
        if not Role.of(self.context["company"]).filter(code=code).exists():
            raise serializers.ValidationError(f"There is no role {code}.", code="unknown")
        return code


class AuditEventOutput(serializers.ModelSerializer[AuditEvent]):
    """An act: ``subject`` and ``subject_id`` say on what, ``description`` how it is called."""

    by = serializers.CharField(source="by.email")
    description = serializers.SerializerMethodField()
    details = serializers.DictField()

    class Meta:
        model = AuditEvent
        fields = ("id", "at", "by", "action", "description", "subject", "subject_id",
                  "details")  # fmt: skip

    def get_description(self, event: AuditEvent) -> str:
        return str(ACTIONS.get(event.action, event.action))


class RoleViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/roles/``"""

    permissions = {"list": Permission.MEMBERS_READ}
    serializer_class = RoleOutput
    queryset = Role.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[Role]:
        return Role.of(self.company).order_by("name", "code")


class MemberViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/members/``"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "retrieve": Permission.MEMBERS_READ,
        "create": Permission.MEMBERS_CHANGE,
        "destroy": Permission.MEMBERS_CHANGE,
    }
    serializer_class = MemberOutput
    queryset = Membership.unscoped.none()

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.of(self.company).select_related("user", "role")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=MemberInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Give somebody who signs in here a role; twice is once."""
        told = self.told(MemberInput)
        given = grant(
            company=self.company, user=user_named(told["email"]), role=told["role"],
            by=self.access.user,
        )  # fmt: skip
        return self.shown(given, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a role away; it is gone with the next request."""
        given = self.changing()
        withdraw(
            company=self.company, user=given.user, role=given.role.code, by=self.access.user
        )  # fmt: skip
        return Response(status=204)


class AuditEventViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/audit-events/``: newest first."""

    permissions = {"list": Permission.AUDIT_READ}
    serializer_class = AuditEventOutput
    queryset = AuditEvent.unscoped.none()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return AuditEvent.of(self.company).select_related("by")
