"""``…/dunning-procedures/`` and ``…/dunning-levels/``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.receivables.dunning import levels
from accounting.receivables.dunning.models import (
    Channel,
    DunningFee,
    DunningLevel,
    DunningProcedure,
    DunningText,
    Interest,
)
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input
from erp.companies.models import Language

READ, CHANGE = Permission.RECEIVABLES_READ, Permission.RECEIVABLES_SETTINGS


class DunningFeeShape(Input):
    currency = serializers.CharField(max_length=3)
    amount = AmountField(positive=True)


class DunningTextShape(Input):
    """``{until}``, ``{total}`` and ``{fee}`` are filled in. Without a language's text ours counts."""

    language = serializers.ChoiceField(choices=Language.choices)
    title = serializers.CharField(max_length=80, allow_blank=True)
    intro = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    closing = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DunningLevelOutput(serializers.ModelSerializer[DunningLevel]):
    procedure = serializers.CharField(source="procedure.code")
    level = serializers.IntegerField(source="step")
    sent_by = serializers.CharField(source="channel")
    interest = serializers.CharField()
    interest_percent = AmountField()
    fees = DunningFeeShape(many=True)
    texts = DunningTextShape(many=True)

    class Meta:
        model = DunningLevel
        fields = ("id", "procedure", "level", "days_after_due", "days_after_step", "period",
                  "sent_by", "interest", "interest_percent", "fees", "texts")  # fmt: skip


class DunningProcedureOutput(serializers.ModelSerializer[DunningProcedure]):
    minimum = AmountField()
    levels = DunningLevelOutput(many=True)

    class Meta:
        model = DunningProcedure
        fields = ("id", *levels.HEAD, "levels")


class DunningProcedureInput(Input):
    code = serializers.CharField(max_length=20)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    is_default = serializers.BooleanField(required=False)
    minimum = AmountField(required=False, positive=True)
    post_fees = serializers.BooleanField(required=False)

    def validate_minimum(self, amount: Decimal) -> Decimal:
        if amount > 1_000_000:
            raise serializers.ValidationError(_("This amount is too large."), code="too_large")
        return amount


class DunningLevelChange(Input):
    """``fees`` and ``texts`` are sets: what is not named goes."""

    days_after_due = serializers.IntegerField(required=False, min_value=0, max_value=365)
    days_after_step = serializers.IntegerField(required=False, min_value=0, max_value=365)
    period = serializers.IntegerField(required=False, min_value=0, max_value=365)
    sent_by = serializers.ChoiceField(choices=Channel.choices, required=False)
    interest = serializers.ChoiceField(choices=Interest.choices, required=False)
    interest_percent = serializers.DecimalField(
        required=False, max_digits=4, decimal_places=2, min_value=Decimal(0), max_value=Decimal(20)
    )
    fees = DunningFeeShape(many=True, required=False)
    texts = DunningTextShape(many=True, required=False)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if "sent_by" in told:
            told["channel"] = told.pop("sent_by")
        if "fees" in told:
            told["fees"] = {fee["currency"]: fee["amount"] for fee in told["fees"]}
        if "texts" in told:
            told["texts"] = {text["language"]: text for text in told["texts"]}
        return told


class DunningLevelInput(DunningLevelChange):
    """A level behind the last of ``procedure``."""

    procedure = serializers.CharField(max_length=20)

    def validate_procedure(self, code: str) -> DunningProcedure:
        rows = DunningProcedure.of(self.context["company"]).select_related("company")
        found = rows.filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(
                _("There is no such dunning procedure."), code="unknown"
            )
        return found


def _levels() -> QuerySet[DunningLevel]:
    return DunningLevel.unscoped.order_by("step").select_related("procedure", "company").prefetch_related(
        Prefetch("fees", DunningFee.unscoped.order_by("currency")),
        Prefetch("texts", DunningText.unscoped.order_by("language")),
    )  # fmt: skip


class DunningProcedureViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/dunning-procedures/``"""

    permissions = {
        "list": READ, "retrieve": READ, "create": CHANGE, "partial_update": CHANGE,
        "destroy": CHANGE, "set_up": CHANGE,
    }  # fmt: skip
    serializer_class = DunningProcedureOutput
    queryset = DunningProcedure.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[DunningProcedure]:
        rows = DunningProcedure.of(self.company).select_related("company")
        return rows.order_by("-is_default", "code").prefetch_related(Prefetch("levels", _levels()))

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=None, responses={201: DunningProcedureOutput})
    @action(detail=False, methods=["post"], url_path="set-up")
    def set_up(self, request: Request, **kwargs: Any) -> Response:
        """Begin with three levels and our texts, without fees and interest."""
        made = levels.set_up(self.company, by=self.access.user)
        return self.shown(self.get_queryset().get(pk=made.pk), 201)

    @extend_schema(request=DunningProcedureInput, responses={201: DunningProcedureOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        made = levels.save_procedure(company=self.company, by=self.access.user,
                                     **self.told(DunningProcedureInput))  # fmt: skip
        return self.shown(self.get_queryset().get(pk=made.pk), 201)

    @extend_schema(request=DunningProcedureInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        found, told = self.changing(), self.told(DunningProcedureInput, partial=True)
        levels.save_procedure(company=self.company, by=self.access.user, procedure=found, **told)
        return self.shown(self.get_object())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a procedure that counts for nobody; letters written stay."""
        levels.delete_procedure(self.changing(), by=self.access.user)
        return Response(status=204)


class DunningLevelViewSet(CompanyViewSet):
    """``…/dunning-levels/``"""

    permissions = {"retrieve": READ, "create": CHANGE, "partial_update": CHANGE, "destroy": CHANGE}
    serializer_class = DunningLevelOutput
    queryset = DunningLevel.unscoped.none()

    def get_queryset(self) -> QuerySet[DunningLevel]:
        return _levels().filter(company=self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=DunningLevelInput, responses={201: DunningLevelOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(DunningLevelInput)
        made = levels.add_level(told.pop("procedure"), by=self.access.user, **told)
        return self.shown(self.get_queryset().get(pk=made.pk), 201)

    @extend_schema(request=DunningLevelChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a level; letters written stay as they are."""
        level, told = self.changing(), self.told(DunningLevelChange, partial=True)
        levels.save_level(level, by=self.access.user, **told)
        return self.shown(self.get_object())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete the last level of a procedure."""
        levels.delete_level(self.changing(), by=self.access.user)
        return Response(status=204)
