"""``/api/v1/firms/{firm}/…``: bulk jobs, time and mandate templates."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.sign_in.stepup import is_fresh
from erp.api.endpoints import session_of
from erp.api.files import AnyType
from erp.api.firms import FirmViewSet
from erp.api.idempotency import KeyMissing, key_in
from erp.api.inputs import DayField, Input, missing, named
from erp.api.permissions import StepUpNeeded
from erp.api.schema import KEY
from erp.documents.zipping import as_zip
from erp.fiduciary import bulk, checklists, templates, times
from erp.fiduciary.bulk import PartRow
from erp.fiduciary.checklist_api import MONTH_OF_BOOKS
from erp.fiduciary.checklist_pages import month_of
from erp.fiduciary.models import ChecklistTemplate, FirmBatch, MandateTemplate, MandateTime
from erp.fiduciary.time_pages import times_of

LARGEST = 10**18 - 1


def _number(**more: Any) -> serializers.IntegerField:
    """The id of something."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST, **more)


class FirmBatchOutput(serializers.ModelSerializer[FirmBatch]):
    """A kind of job, started in several clients at once."""

    arguments = serializers.JSONField(source="for_each")
    by = serializers.EmailField(source="by.email")

    class Meta:
        model = FirmBatch
        fields = ("id", "kind", "arguments", "by", "at")


class FirmBatchPartOutput(serializers.Serializer[PartRow]):
    """A client's part: its job, or why none was started."""

    company = serializers.IntegerField(source="company.pk")
    name = serializers.CharField(source="company.name")
    job = serializers.IntegerField(source="job.pk", default=None, allow_null=True)
    state = serializers.CharField(source="job.state", default=None, allow_null=True)
    message = serializers.CharField(source="job.message", default="")
    error = serializers.CharField(source="job.error", default="")
    refusal = serializers.CharField()


class OneFirmBatchOutput(FirmBatchOutput):
    parts = serializers.SerializerMethodField()

    class Meta(FirmBatchOutput.Meta):
        fields = (*FirmBatchOutput.Meta.fields, "parts")  # type: ignore[assignment]

    @extend_schema_field(FirmBatchPartOutput(many=True))
    def get_parts(self, batch: FirmBatch) -> list[dict[str, Any]]:
        return FirmBatchPartOutput(self.context["parts"], many=True).data  # type: ignore[return-value]


class FirmBatchInput(Input):
    """``kind`` is one of those that are offered; ``until`` a day for those that go up to one."""

    kind = serializers.CharField(max_length=60)
    companies = serializers.ListField(child=_number(), max_length=bulk.MOST)
    until = DayField(required=False, allow_null=True)


class MandateTimeOutput(serializers.ModelSerializer[MandateTime]):
    """Time somebody spent for a client; it outlives the mandate."""

    company = serializers.IntegerField(source="company_id")
    user = serializers.EmailField(source="user.email")

    class Meta:
        model = MandateTime
        fields = ("id", "company", "client_name", "user", "day", "minutes", "text", "is_billed")


class MandateTimeInput(Input):
    company = _number()
    day = DayField()
    minutes = serializers.IntegerField(min_value=1, max_value=times.A_DAY)
    text = serializers.CharField(max_length=200)


class BilledInput(Input):
    """The numbers of the rows that are billed."""

    rows = serializers.ListField(child=_number(), max_length=1000)


class MandateTimeQuery(serializers.Serializer[Any]):
    """``month`` as 2026-11; with ``unbilled`` of all months."""

    month = serializers.RegexField(MONTH_OF_BOOKS, required=False)
    unbilled = serializers.BooleanField(required=False)
    client = _number(required=False)


class MandateTemplateOutput(serializers.ModelSerializer[MandateTemplate]):
    """A template; ``parts`` says how many rows it holds of each."""

    made_by = serializers.EmailField(source="made_by.email")
    parts = serializers.SerializerMethodField()

    class Meta:
        model = MandateTemplate
        fields = ("id", "name", "made_from", "made_at", "made_by", "parts")

    def get_parts(self, row: MandateTemplate) -> dict[str, int]:
        return {key: len(values) for key, values in row.content.items()}


class MandateTemplateInput(Input):
    """``company`` is the client it is made from."""

    company = _number()
    name = serializers.CharField(max_length=80)
    parts = serializers.ListField(child=serializers.ChoiceField(list(templates.PARTS)))
    checklist = _number(required=False)


class MandateTemplateTarget(Input):
    company = _number()


class AddedOutput(serializers.Serializer[Any]):
    """How much was added by part."""

    added = serializers.DictField(child=serializers.IntegerField())


class FirmBatchViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/batches/``"""

    ordering = ("-pk",)
    serializer_class = FirmBatchOutput
    one_transaction = False
    takes_keys = False  # a bulk job knows the key that it was begun with
    renderer_classes = (JSONRenderer, AnyType)

    @extend_schema(responses=FirmBatchOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The bulk jobs, the newest first."""
        page = self.paginate_queryset(bulk.batches_of(self.access.firm))
        return self.get_paginated_response(FirmBatchOutput(page, many=True).data)

    @extend_schema(request=FirmBatchInput, parameters=[KEY], responses={201: FirmBatchOutput})
    def begin(self, request: Request, **kwargs: Any) -> Response:
        """Start a job in several clients, each by itself; rights are asked for in each."""
        key = key_in(request)
        if key is None:
            raise KeyMissing
        told = self.told(FirmBatchInput)
        if bulk.wants_fresh(told["kind"]) and not is_fresh(session_of(request)):
            raise StepUpNeeded
        batch = bulk.start_everywhere(
            firm=int(kwargs["firm"]), companies=told["companies"], kind=told["kind"],
            until=told.get("until"), user=self.user, key=key,
        )  # fmt: skip
        return Response(FirmBatchOutput(batch).data, status=201)

    @extend_schema(responses=OneFirmBatchOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """A bulk job with how far each client is."""
        batch = self._named(kwargs)
        parts = bulk.parts_of(batch, self.access)
        return Response(OneFirmBatchOutput(batch, context={"parts": parts}).data)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def files(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The files of all parts as a ZIP."""
        batch = self._named(kwargs)
        files = bulk.files_of(batch, self.access)
        if files is None:
            raise Http404
        return as_zip(files, name=f"{self.access.firm.short_name}-{batch.pk}.zip")

    def _named(self, kwargs: dict[str, Any]) -> FirmBatch:
        found: FirmBatch = get_object_or_404(
            bulk.batches_of(self.access.firm), pk=int(kwargs["batch"])
        )
        return found


class MandateTimeViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/times/``"""

    of_clients = False
    asks = {"bill": checklists.require_leading}
    serializer_class = MandateTimeOutput
    ordering = ("day", "pk")

    @extend_schema(parameters=[MandateTimeQuery], responses=MandateTimeOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """A month's time of all staff, or what is not billed yet."""
        told = self.asked(MandateTimeQuery)
        rows = times_of(self.staff.firm, told, month_of(told.get("month")))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(MandateTimeOutput(page, many=True).data)

    @extend_schema(request=MandateTimeInput, responses={201: MandateTimeOutput})
    def enter(self, request: Request, **kwargs: Any) -> Response:
        """Enter one's own time for a client."""
        told = self.told(MandateTimeInput)
        access = self.client_named(told.pop("company"))
        row = times.enter(firm=self.staff.firm, access=access, **told)
        return Response(MandateTimeOutput(row).data, status=201)

    @extend_schema(request=BilledInput, responses={204: None})
    def bill(self, request: Request, **kwargs: Any) -> Response:
        """Mark time as billed, also after the mandate; those who lead or manage the firm may."""
        rows, firm = self.told(BilledInput)["rows"], self.staff.firm
        known = set(MandateTime.of_firm(firm).filter(pk__in=rows).values_list("pk", flat=True))
        for nth, row in enumerate(rows):
            if row not in known:
                raise missing(f"rows[{nth}]")
        times.mark_billed(firm=firm, rows=rows)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def take_back(self, request: Request, **kwargs: Any) -> Response:
        """Delete one's own time that is not billed."""
        rows = MandateTime.of_firm(self.staff.firm)
        times.take_back(get_object_or_404(rows, pk=int(kwargs["row"])), by=self.user)
        return Response(status=204)


class MandateTemplateViewSet(FirmViewSet):
    """``/api/v1/firms/{firm}/mandate-templates/``"""

    of_clients = False
    asks = dict.fromkeys(("take", "apply", "throw_away"), checklists.require_leading)
    pagination_class = None
    serializer_class = MandateTemplateOutput

    @extend_schema(responses=MandateTemplateOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The firm's templates for new clients."""
        rows = MandateTemplate.of_firm(self.staff.firm).select_related("made_by").order_by("name")
        return Response(MandateTemplateOutput(rows, many=True).data)

    @extend_schema(request=MandateTemplateInput, responses={201: MandateTemplateOutput})
    def take(self, request: Request, **kwargs: Any) -> Response:
        """Make a template from a client; those who lead or manage the firm may."""
        told = self.told(MandateTemplateInput)
        access = self.client_named(told.pop("company"))
        chosen = told.pop("checklist", None)
        rows = ChecklistTemplate.of_firm(self.staff.firm)
        made = templates.take(
            firm=self.staff.firm, access=access, **told,
            checklist=named(rows, chosen, place="checklist") if chosen else None,
        )  # fmt: skip
        return Response(MandateTemplateOutput(made).data, status=201)

    @extend_schema(request=MandateTemplateTarget, responses=AddedOutput)
    def apply(self, request: Request, **kwargs: Any) -> Response:
        """Give a client what it lacks of a template: all of it, or nothing."""
        told = self.told(MandateTemplateTarget)
        rows = MandateTemplate.of_firm(self.staff.firm).select_related("firm", "checklist")
        template = get_object_or_404(rows, pk=int(kwargs["template"]))
        access = self.client_named(told["company"])
        return Response({"added": templates.apply(template, access=access)})

    @extend_schema(request=None, responses={204: None})
    def throw_away(self, request: Request, **kwargs: Any) -> Response:
        """Throw a template away; what clients have got stays."""
        rows = MandateTemplate.of_firm(self.staff.firm)
        get_object_or_404(rows, pk=int(kwargs["template"])).delete()
        return Response(status=204)
