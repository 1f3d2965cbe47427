"""``…/permissions/``, ``…/history/…``, ``…/my-tokens/``: what pages around access and trail look up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.giving import rights_of
from erp.access.models import Role
from erp.access.permissions import Permission
from erp.access.tokens.models import AppToken
from erp.api.endpoints import CompanyViewSet
from erp.api.paging import PageOutput
from erp.audit import queries
from erp.audit.models import AuditEvent
from erp.cockpit import people
from erp.cockpit.api.tokens import AppTokenOutput
from erp.cockpit.tokens import revoke_token, tokens_of


class RightOutput(serializers.Serializer[Any]):
    """A right by its code and in the caller's language; ``mine``: one may give it."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    mine = serializers.BooleanField()


class RightGroupOutput(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    rights = RightOutput(many=True)


class RightsOutput(serializers.Serializer[Any]):
    """All that a role can grant, by module, and the codes of the roles that one may give."""

    groups = RightGroupOutput(many=True)
    grantable = serializers.ListField(child=serializers.CharField())


class RightsViewSet(CompanyViewSet):
    """``…/permissions/``"""

    permissions = {"read": Permission.MEMBERS_READ}
    serializer_class = RightsOutput
    queryset = Role.unscoped.none()
    pagination_class = None

    @extend_schema(responses=RightsOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """The catalogue of rights, to make roles and tokens of."""
        mine = rights_of(self.access.user, self.company)
        told = {
            "groups": [
                {"label": str(label), "rights": [
                    {"code": one.value, "label": str(one.label), "mine": one.value in mine}
                    for one in group
                ]}
                for label, group in people.grouped()
            ],
            "grantable": [role.code for role in people.grantable(self.company, mine)],
        }  # fmt: skip
        return Response(RightsOutput(told).data)


class HistoryEventOutput(serializers.Serializer[Any]):
    """An act in words; ``closed``: one may not see what it says."""

    id = serializers.IntegerField(source="event.pk")
    at = serializers.DateTimeField(source="event.at")
    by = serializers.CharField(source="event.by.email")
    action = serializers.CharField(source="event.action")
    label = serializers.CharField()  # type: ignore[assignment]
    about = serializers.CharField()
    details = serializers.SerializerMethodField()
    closed = serializers.BooleanField()

    def get_details(self, row: Any) -> list[str]:
        return [str(one) for one in row.details]


class HistoryOutput(PageOutput):
    subject = serializers.CharField(help_text="What kind of record it is")
    about = serializers.CharField(help_text="What it is called; blank where one may not see it")
    results = HistoryEventOutput(many=True)


class HistoryViewSet(CompanyViewSet):
    """``…/history/{subject}/{record}/``"""

    permissions = {"read": Permission.AUDIT_READ}
    serializer_class = HistoryOutput
    queryset = AuditEvent.unscoped.none()
    ordering = ("-pk",)

    @extend_schema(responses=HistoryOutput)
    def read(self, request: Request, subject: str, record: int, **kwargs: Any) -> Response:
        """What became of one record, in words, the newest first."""
        if record >= 2**63:
            raise Http404
        try:
            found = queries.trail_of(self.company, subject, record, granted=self.access.granted)
        except queries.NoSuchSubject:
            raise Http404 from None
        events = self.paginate_queryset(found.events)
        page = list(queries.in_words(self.company, events, granted=self.access.granted))
        return self.told_beside(HistoryOutput, page, subject=found.subject, about=found.about)


class MyTokenViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/my-tokens/``: one's own app tokens in this company, newest first."""

    permissions = dict.fromkeys(("list", "revoke"), Permission.COMPANY_READ)
    serializer_class = AppTokenOutput
    queryset = AppToken.unscoped.none()
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[AppToken]:
        return tokens_of(self.company).filter(user=self.access.user)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Revoke a token of one's own; the next request with it is refused. Twice is once."""
        revoke_token(self.get_object(), by=self.access.user)
        return Response(status=204)
