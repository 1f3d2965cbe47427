"""``…/dunning-stops/`` and ``…/dunning-customers/``: who and what is not dunned."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.open_items.models import OpenItem, Side
from accounting.receivables.dunning import stops
from accounting.receivables.dunning.api.shapes import LARGEST_ID
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningProcedure,
    ItemStop,
    StopKind,
)
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input


class DunningStopOutput(serializers.ModelSerializer[ItemStop]):
    item = serializers.IntegerField(source="item_id")
    created_by = serializers.CharField(source="created_by.email")
    lifted_by = serializers.CharField(source="lifted_by.email", allow_null=True, default=None)

    class Meta:
        model = ItemStop
        fields = ("id", "item", "kind", "text", "until", "created_at", "created_by", "lifted_at",
                  "lifted_by")  # fmt: skip


class DunningStopInput(Input):
    item = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    kind = serializers.ChoiceField(choices=StopKind.choices)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    until = DayField(required=False, allow_null=True)

    def validate_item(self, pk: int) -> OpenItem:
        rows = OpenItem.of(self.context["company"]).filter(side=Side.RECEIVABLES)
        found = rows.filter(pk=pk).select_related("company").first()
        if found is None:
            raise serializers.ValidationError(_("There is no such item."), code="unknown")
        return found


class StopQuery(serializers.Serializer[Any]):
    item = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    lifted = serializers.BooleanField(required=False, help_text="Those that are over, too")


class DunningStopViewSet(CompanyViewSet):
    """``…/dunning-stops/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_DUN,
        "lift": Permission.RECEIVABLES_DUN,
    }
    serializer_class = DunningStopOutput
    queryset = ItemStop.unscoped.none()
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[ItemStop]:
        rows = ItemStop.of(self.company)
        return rows.select_related("item__company", "created_by", "lifted_by")

    @extend_schema(parameters=[StopQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        told, rows = self.asked(StopQuery), self.get_queryset()
        if not told.get("lifted"):
            rows = rows.filter(lifted_at=None)
        if "item" in told:
            rows = rows.filter(item=told["item"])
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=DunningStopInput, responses={201: DunningStopOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Do not dun an item, until a day or until the stop is lifted."""
        stop = stops.stop_item(by=self.access.user, **self.told(DunningStopInput))
        return Response(self.get_serializer(stop).data, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Dun the item again."""
        stops.lift_item_stop(self.get_object().item, by=self.access.user)
        return Response(self.get_serializer(self.get_object()).data)


class CustomerDunningOutput(serializers.ModelSerializer[CustomerDunning]):
    """How a customer is dunned, where not as all others."""

    contact = serializers.IntegerField(source="contact_id")
    procedure = serializers.CharField(source="procedure.code", allow_null=True, default=None)
    stop_kind = serializers.CharField(allow_blank=True)

    class Meta:
        model = CustomerDunning
        fields = ("contact", "procedure", "stop_kind", "stop_reason", "stopped_until")


class CustomerDunningInput(Input):
    """All of it; what is left out is as for everybody."""

    procedure = serializers.CharField(max_length=20, required=False, allow_null=True)
    stop_kind = serializers.ChoiceField(choices=StopKind.choices, required=False, allow_blank=True)
    stop_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    stopped_until = DayField(required=False, allow_null=True)

    def validate_procedure(self, code: str | None) -> DunningProcedure | None:
        if not code:
            return None
        found = DunningProcedure.of(self.context["company"]).filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(
                _("There is no such dunning procedure."), code="unknown"
            )
        return found


class CustomerDunningViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/dunning-customers/{contact}/``, by the id of the contact."""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "update": Permission.RECEIVABLES_DUN,
    }
    serializer_class = CustomerDunningOutput
    queryset = CustomerDunning.unscoped.none()
    ordering = ("contact_id",)

    def get_queryset(self) -> QuerySet[CustomerDunning]:
        return CustomerDunning.of(self.company).select_related("procedure")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(get_object_or_404(self.get_queryset(), contact=pk))

    @extend_schema(request=CustomerDunningInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give a customer another procedure, or stop dunning."""
        contacts = Contact.of(self.company).filter(merged_into=None).select_related("company")
        contact = get_object_or_404(contacts, pk=pk)
        row = stops.set_customer(contact, by=self.access.user, **self.told(CustomerDunningInput))
        return self.shown(row)
