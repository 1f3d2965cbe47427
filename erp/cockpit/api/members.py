"""``…/members/``: who may do what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import Membership, Role, User
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.api.schema import IF_MATCH
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit import people, roles
from erp.cockpit.members import grant, member_named, remove_member, withdraw


class MemberOutput(serializers.ModelSerializer[Membership]):
    """A role of somebody in the company; several roles add up."""

    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.CharField(source="role.code")

    class Meta:
        model = Membership
        fields = ("id", "email", "name", "role")


class MandatedOutput(serializers.Serializer[Any]):
    """Somebody of a fiduciary who works in the company by its mandate."""

    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    firm = serializers.CharField(source="firm.name")
    team_role = serializers.CharField(help_text="lead, accountant, assistant or reviewer")
    is_active = serializers.BooleanField(source="user.is_active")
    has_factor = serializers.BooleanField()
    last_sign_in = serializers.DateTimeField(source="user.last_login", allow_null=True)


class MemberInput(Input):
    email = serializers.EmailField()
    role = serializers.CharField(max_length=30)

    def validate_role(self, code: str) -> str:
        if not Role.of(self.context["company"]).filter(code=code).exists():
            raise serializers.ValidationError(f"There is no role {code}.", code="unknown")
        return code


class HoldingViewSet(CompanyViewSet):
    """Changes of who may do what, one after the other in a company."""

    def hold(self) -> None:
        roles.hold(self.company)

    def note(self, kind: str, subject: Any, count: int | None = None) -> None:
        """Note in the access log that people's data were looked at."""
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=subject,
                        count=count)  # fmt: skip


class MemberViewSet(mixins.ListModelMixin, HoldingViewSet):
    """``…/members/``"""

    permissions = {
        "list": Permission.MEMBERS_READ,
        "retrieve": Permission.MEMBERS_READ,
        "by_mandate": Permission.MEMBERS_READ,
        "create": Permission.MEMBERS_CHANGE,
        "destroy": Permission.MEMBERS_CHANGE,
        "remove": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"create", "destroy", "remove"})
    serializer_class = MemberOutput
    queryset = Membership.unscoped.none()

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.of(self.company).select_related("user", "role")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = super().list(request, *args, **kwargs)
        self.note(AccessLogEntry.Kind.LIST, User, len(found.data["results"]))
        return found

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        member = self.get_object()
        self.note(AccessLogEntry.Kind.READ, member.user)
        return self.shown(member)

    @extend_schema(responses=MandatedOutput(many=True))
    @action(detail=False, pagination_class=None, url_path="by-mandate", url_name="by-mandate")
    def by_mandate(self, request: Request, **kwargs: Any) -> Response:
        """Who works here for a fiduciary, by the mandates that run."""
        found = people.mandated(self.company)
        self.note(AccessLogEntry.Kind.LIST, User, len(found))
        return Response(MandatedOutput(found, many=True).data)

    @extend_schema(request=MemberInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Give a member a further role; twice is once. Whoever is none yet is to be invited."""
        told = self.told(MemberInput)
        given = grant(
            company=self.company, user=member_named(self.company, told["email"]),
            role=told["role"], by=self.access.user,
        )  # fmt: skip
        return self.shown(given, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a role away; it is gone with the next request."""
        given = self.changing()
        withdraw(
            company=self.company, user=given.user, role=given.role.code, by=self.access.user
        )  # fmt: skip
        return Response(status=204)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    @action(detail=True, methods=["delete"], url_path="person", url_name="person")
    def remove(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take all roles at once from the person who has this one."""
        given = self.changing()
        remove_member(company=self.company, user=given.user, by=self.access.user)
        return Response(status=204)
