"""``…/recurring-invoices/``, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.receivables import jobs, recurring
from accounting.receivables.document_shapes import (
    LARGEST_ID,
    DayInput,
    DocumentInput,
    DocumentOutput,
)
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.core import clock
from erp.jobs.starting import start

_FIELDS = ("name", "every", "unit", "next_on", "until", "in_advance", "issues", "paused")


class RecurringInput(Input):
    """When an invoice comes again, and the invoice itself; its kind and date are set by the run."""

    name = serializers.CharField(max_length=80)
    every = serializers.IntegerField(min_value=1, max_value=60, default=1)
    unit = serializers.ChoiceField(choices=RecurringInvoice.Unit.choices, default="month")
    next_on = DayField()
    until = DayField(required=False, allow_null=True)
    in_advance = serializers.BooleanField(default=True)
    issues = serializers.BooleanField(default=False)
    paused = serializers.BooleanField(default=False)
    document = DocumentInput()


class RecurringOutput(serializers.ModelSerializer[RecurringInvoice]):
    document = serializers.SerializerMethodField()

    class Meta:
        model = RecurringInvoice
        fields = ("id", *_FIELDS, "document", "version")

    @extend_schema_field(DocumentOutput)
    def get_document(self, one: RecurringInvoice) -> dict[str, Any]:
        return dict(DocumentOutput(one.pattern, context=self.context).data)


class RecurringBrief(serializers.ModelSerializer[RecurringInvoice]):
    """Without its document, which ``contact`` is the customer of, by name."""

    contact = serializers.CharField(source="pattern.contact.name")

    class Meta:
        model = RecurringInvoice
        fields = ("id", *_FIELDS, "contact", "version")


class DueQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class DueInvoiceOutput(serializers.Serializer[Any]):
    """An invoice that is due, and the time it is for."""

    recurring = serializers.IntegerField(source="recurring.pk")
    name = serializers.CharField(source="recurring.name")
    contact = serializers.CharField(source="recurring.pattern.contact.name")
    date = serializers.DateField()
    start = serializers.DateField(source="span.start")
    end = serializers.DateField(source="span.end")
    issues = serializers.BooleanField(source="recurring.issues")


class BillInput(Input):
    """Bill what is due until ``on``; ``chosen`` (ids) alone, where they are given."""

    on = DayField()
    chosen = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False,
        max_length=5000,
    )  # fmt: skip

    def validate_chosen(self, ids: list[int]) -> list[int]:
        there = RecurringInvoice.of(self.context["company"]).filter(pk__in=ids)
        if len(set(ids)) != there.count():
            raise serializers.ValidationError(_("There is no such record."), code="unknown")
        return ids


class RecurringViewSet(CompanyViewSet):
    """``…/recurring-invoices/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "due": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_ISSUE,
        "update": Permission.RECEIVABLES_ISSUE,
        "destroy": Permission.RECEIVABLES_ISSUE,
        "run": Permission.RECEIVABLES_ISSUE,
        "bill": Permission.RECEIVABLES_ISSUE,
        "skip": Permission.RECEIVABLES_ISSUE,
    }
    serializer_class = RecurringOutput
    queryset = RecurringInvoice.unscoped.none()
    ordering = ("next_on", "pk")

    def get_queryset(self) -> QuerySet[RecurringInvoice]:
        related = ("company", "pattern__company", "pattern__contact")
        return RecurringInvoice.of(self.company).select_related(*related)

    @extend_schema(responses=RecurringBrief(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Recurring invoices, the next due first, without their documents."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(RecurringBrief(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=RecurringInput, parameters=[KEY], responses={201: RecurringOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let an invoice come again."""
        return self.once(lambda: self._saved(RecurringInvoice(company=self.company), 201))

    @extend_schema(request=RecurringInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a recurring invoice, whole; what was billed stays."""
        return self._saved(self.changing())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """End a recurring invoice for good."""
        recurring.delete(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(parameters=[DueQuery], responses=DueInvoiceOutput(many=True))
    @action(detail=False, methods=["get"])
    def due(self, request: Request, **kwargs: Any) -> Response:
        """What is to be billed until a day, the oldest first."""
        on = self.asked(DueQuery).get("on") or clock.today()
        page = self.page_of(
            recurring.due(self.company, on), by=lambda one: f"{one.recurring.pk} {one.date}"
        )
        return self.get_paginated_response(DueInvoiceOutput(page, many=True).data)

    @extend_schema(request=BillInput, parameters=[KEY], responses={202: JobOutput})
    @action(detail=False, methods=["post"])
    def run(self, request: Request, **kwargs: Any) -> Response:
        """Bill what is due, in the background."""

        def act() -> Response:
            told = self.told(BillInput)
            arguments = {**told, "on": told["on"].isoformat()}
            return accepted(start(jobs.RECURRING, company=self.company, by=self.access.user,
                                  arguments=arguments, within=bearer_in(request)))  # fmt: skip

        return self.once(act)

    @extend_schema(request=DayInput, parameters=[KEY], responses={201: DocumentOutput})
    @action(detail=True, methods=["post"])
    def bill(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Bill one that is due on a day."""
        found = self.get_object()

        def act() -> Response:
            made = recurring.bill(found, self.told(DayInput)["date"], by=self.access.user)
            rows = SalesDocument.of(self.company).select_related("company", "contact")
            context = self.get_serializer_context()
            return Response(DocumentOutput(rows.get(pk=made.pk), context=context).data, status=201)

        return self.once(act)

    @extend_schema(request=DayInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Leave one out, and move on to the next."""
        found = self.get_object()

        def act() -> Response:
            recurring.skip(found, self.told(DayInput)["date"], by=self.access.user)
            return self.shown(self.get_queryset().get(pk=found.pk))

        return self.once(act)

    def _saved(self, one: RecurringInvoice, status: int = 200) -> Response:
        body = RecurringInput(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        for name in _FIELDS:
            setattr(one, name, body.validated_data.get(name))
        saved = recurring.save(one, self._typed(body), by=self.access.user)
        return self.shown(self.get_queryset().get(pk=saved.pk), status)

    def _typed(self, body: RecurringInput) -> TypedDocument:
        inner = DocumentInput(
            data=body.initial_data["document"], context=self.get_serializer_context()
        )
        inner.is_valid(raise_exception=True)
        return inner.typed(date=body.validated_data["next_on"])


router = SimpleRouter()
router.register("recurring-invoices", RecurringViewSet, basename="recurring-invoices")
urls = router.urls
