"""``…/app-tokens/``: the keys of programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.models import LONGEST, SHORTEST, AppToken
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.inputs import Input
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit.tokens import create_token, revoke_token, tokens_of


class AppTokenOutput(serializers.ModelSerializer[AppToken]):
    """A token, but for itself: ``prefix`` is its beginning, ``scopes`` are its rights at most."""

    user = serializers.CharField(source="user.email")
    scopes: Any = serializers.ListField(child=serializers.CharField())
    revoked_by = serializers.CharField(source="revoked_by.email", allow_null=True, default=None)

    class Meta:
        model = AppToken
        fields = ("id", "user", "name", "prefix", "scopes", "created_at", "expires_at",
                  "last_used_at", "last_address", "revoked_at", "revoked_by")  # fmt: skip


class NewAppTokenOutput(AppTokenOutput):
    """A new token with ``token``, which is told this once."""

    token = serializers.SerializerMethodField()

    class Meta:
        model = AppToken
        fields = (*AppTokenOutput.Meta.fields, "token")

    def get_token(self, row: AppToken) -> str:
        return str(self.context["token"])


class AppTokenInput(Input):
    name = serializers.CharField(max_length=60)
    scopes = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100)
    days = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST)


class AppTokenViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/app-tokens/``: newest first. The version of one does not change with its use."""

    permissions = {
        "list": Permission.MEMBERS_CHANGE,
        "retrieve": Permission.MEMBERS_CHANGE,
        "create": Permission.COMPANY_READ,
        "destroy": Permission.MEMBERS_CHANGE,
    }
    step_up = frozenset({"create", "destroy"})
    keeps_answer = False  # a token is told once
    serializer_class = AppTokenOutput
    queryset = AppToken.unscoped.none()
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[AppToken]:
        return tokens_of(self.company)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = super().list(request, *args, **kwargs)
        access_log.note(company=self.company, by=self.access.user, subject=User,
                        kind=AccessLogEntry.Kind.LIST, count=len(found.data["results"]))  # fmt: skip
        return found

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        token = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=token.user,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        answer = self.shown(token)
        answer["ETag"] = with_etag(_as_made(answer.data))["ETag"]
        return answer

    @extend_schema(request=AppTokenInput, responses={201: NewAppTokenOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Make a token for oneself, with some of one's own rights; it is told this once."""
        token, secret = create_token(self.access, **self.told(AppTokenInput))
        context = {**self.get_serializer_context(), "token": secret}
        return Response(NewAppTokenOutput(token, context=context).data, status=201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Revoke a token; the next request with it is refused."""
        revoke_token(self.changing(), by=self.access.user)
        return Response(status=204)

    def require_match(self, representation: Any) -> None:
        super().require_match(_as_made(representation))


def _as_made(representation: Any) -> dict[str, Any]:
    """What does not change while the token is merely used."""
    used = {"last_used_at", "last_address"}
    return {name: value for name, value in representation.items() if name not in used}
