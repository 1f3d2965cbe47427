"""``…/webhooks/``: who is told that something changed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import Input
from erp.webhooks import keeping
from erp.webhooks.models import Delivery, Webhook


class WebhookOutput(serializers.ModelSerializer[Webhook]):
    """A webhook; ``off_reason`` is failed, gone or rights where it was switched off by itself."""

    resources: Any = serializers.ListField(child=serializers.CharField())
    confirmed = serializers.BooleanField(source="confirmed_at")
    made_by = serializers.CharField(source="made_by.email")

    class Meta:
        model = Webhook
        fields = ("id", "name", "url", "resources", "is_on", "off_reason", "confirmed", "made_at",
                  "made_by")  # fmt: skip

    def to_representation(self, row: Webhook) -> Any:
        return {**super().to_representation(row), "confirmed": row.confirmed_at is not None}


class NewWebhookOutput(WebhookOutput):
    """A webhook with ``secret``, which is told this once."""

    secret = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = (*WebhookOutput.Meta.fields, "secret")

    def get_secret(self, row: Webhook) -> str:
        return str(self.context["secret"])


class WebhookDeliveryOutput(serializers.ModelSerializer[Delivery]):
    """What a webhook was told: under which number, how often it was tried, and the answer."""

    class Meta:
        model = Delivery
        fields = ("id", "number", "kind", "body", "state", "tries", "status", "fault", "made_at",
                  "tried_at")  # fmt: skip


class WebhookInput(Input):
    """``resources`` are what it is told of, such as contact or sales_document."""

    name = serializers.CharField(max_length=60)
    url = serializers.CharField(max_length=500)
    resources = serializers.ListField(child=serializers.CharField(max_length=20), max_length=50)


class WebhookChange(WebhookInput):
    is_on = serializers.BooleanField(required=False)


class WebhookViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/webhooks/``"""

    permissions = {
        "list": Permission.WEBHOOKS_READ,
        "retrieve": Permission.WEBHOOKS_READ,
        "deliveries": Permission.WEBHOOKS_READ,
        "create": Permission.WEBHOOKS_CHANGE,
        "partial_update": Permission.WEBHOOKS_CHANGE,
        "destroy": Permission.WEBHOOKS_CHANGE,
        "rotate": Permission.WEBHOOKS_CHANGE,
        "test": Permission.WEBHOOKS_CHANGE,
    }
    step_up = frozenset({"create", "partial_update", "destroy", "rotate"})
    keeps_answer = False  # a secret is told once
    serializer_class = WebhookOutput
    queryset = Webhook.unscoped.none()
    ordering = ("pk",)

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.of(self.company).select_related("made_by", "company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=WebhookInput, responses={201: NewWebhookOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a webhook: its receiver is sent a challenge, and is told of changes once it sent it back."""
        hook, secret = keeping.add_webhook(self.access, **self.told(WebhookInput))
        return self._with_secret(hook, secret, 201)

    @extend_schema(request=WebhookChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change it, switch it off, or on again; another address has to send a challenge back first."""
        hook, told = self.changing(), self.told(WebhookChange, partial=True)
        return self.shown(keeping.change_webhook(self.access, hook, **told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        keeping.delete_webhook(self.access, self.changing())
        return Response(status=204)

    @extend_schema(request=None, responses={200: NewWebhookOutput})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A new secret; deliveries are signed by the last one, too, until the next change of it."""
        hook = self.get_object()
        return self._with_secret(hook, keeping.rotate_secret(self.access, hook), 200)

    @extend_schema(request=None, responses={201: WebhookDeliveryOutput})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let it be told that this is a test."""
        sent = keeping.send_test(self.access, self.get_object())
        return Response(WebhookDeliveryOutput(sent).data, status=201)

    @extend_schema(responses=WebhookDeliveryOutput(many=True))
    @action(detail=True, methods=["get"], ordering=("-pk",))
    def deliveries(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What it was told lately, the newest first; about a hundred are kept."""
        rows = Delivery.of(self.company).filter(webhook=self.get_object())
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(WebhookDeliveryOutput(page, many=True).data)

    def _with_secret(self, hook: Webhook, secret: str, status: int) -> Response:
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(NewWebhookOutput(hook, context=context).data, status=status)
