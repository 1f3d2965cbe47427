"""``…/dunning-plan/``, ``…/dunning-runs/`` and ``…/dunning-letters/``."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.receivables import paper
from accounting.receivables.dunning import archiving, cancelling, gathering, queries, running
from accounting.receivables.dunning.api.shapes import (
    LARGEST_ID,
    DunningLetterOutput,
    DunningLetterWithItems,
    DunningRunOutput,
    PlanOutput,
)
from accounting.receivables.dunning.jobs import begin_letters
from accounting.receivables.dunning.models import DunningNotice, DunningNoticeItem, DunningRun
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.core import clock
from erp.core.filetypes import PDF
from erp.documents.serving import original


class PlanQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class DunningPlanViewSet(CompanyViewSet):
    """``…/dunning-plan/``"""

    permissions = {"list": Permission.RECEIVABLES_READ}
    serializer_class = PlanOutput
    pagination_class = None

    @extend_schema(parameters=[PlanQuery], responses=PlanOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What would be dunned on a day, by customer, and why or why not."""
        told = self.asked(PlanQuery)
        plan = gathering.plan_on(
            self.company, told.get("on") or clock.today(), contact=told.get("contact")
        )
        return Response(PlanOutput(plan).data)


class RunInput(Input):
    date = DayField(help_text="Not after today. A draft that is there takes this day.")


class LeaveOutInput(Input):
    """An item or a customer, for this run alone; ``back`` takes them in again."""

    item = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    back = serializers.BooleanField(required=False)


class ExecuteInput(Input):
    seen = serializers.CharField(max_length=32, help_text="Fingerprint of the plan you looked at")


class CancelRunInput(Input):
    reason = serializers.CharField(max_length=200)
    date = DayField(required=False, help_text="Of the entries that cancel fees")


class CancelLetterInput(Input):
    reason = serializers.CharField(max_length=200)


class DunningRunViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/dunning-runs/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "plan": Permission.RECEIVABLES_READ,
        "draft_letter": Permission.RECEIVABLES_READ,
        "batch": Permission.RECEIVABLES_READ,
        "letters": Permission.RECEIVABLES_DUN,
        "create": Permission.RECEIVABLES_DUN,
        "leave_out": Permission.RECEIVABLES_DUN,
        "execute": Permission.RECEIVABLES_DUN,
        "discard": Permission.RECEIVABLES_DUN,
        "cancel": Permission.RECEIVABLES_DUN,
    }
    serializer_class = DunningRunOutput
    queryset = DunningRun.unscoped.none()
    ordering = ("-date", "-id")

    def get_queryset(self) -> QuerySet[DunningRun]:
        return queries.runs_of(self.company).select_related("company")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=RunInput, responses={201: DunningRunOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Prepare a run; there is one draft at a time."""
        run = running.draft(self.company, by=self.access.user, **self.told(RunInput))
        return self.shown(self.get_queryset().get(pk=run.pk), 201)

    @extend_schema(responses=PlanOutput)
    @action(detail=True, methods=["get"])
    def plan(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What executing a draft would write, and why."""
        return Response(PlanOutput(running.preview(self.get_object())).data)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType],
            url_path=r"letters/(?P<contact>[0-9]{1,18})/(?P<currency>[A-Z]{3})")  # fmt: skip
    def draft_letter(
        self, request: Request, pk: str, contact: str, currency: str, **kwargs: Any
    ) -> HttpResponse:
        """A letter of a draft as it would go out, with a watermark."""
        found = running.draft_paper(self.get_object(), contact=int(contact), currency=currency)
        if found is None:
            raise Http404
        return HttpResponse(paper.pdf(found), content_type=PDF)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="print",
            renderer_classes=[JSONRenderer, AnyType])  # fmt: skip
    def batch(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """All letters of an executed run that go out on paper, as one PDF, once they are made."""
        run = self.get_object()
        if run.batch is None:
            raise Http404
        return original(run.batch, download=True)

    @extend_schema(request=None, responses={202: JobOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def letters(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Make the PDFs that are missing and send the mails, where the job came to nothing."""
        return self.once(lambda: accepted(
            begin_letters(self.get_object(), by=self.access.user, within=bearer_in(request))
        ))  # fmt: skip

    @extend_schema(request=LeaveOutInput, responses=DunningRunOutput)
    @action(detail=True, methods=["post"], url_path="leave-out")
    def leave_out(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Leave an item or a customer out of this run alone, or take them back in."""
        running.leave_out(self.get_object(), by=self.access.user, **self.told(LeaveOutInput))
        return self.shown(self.get_object())

    @extend_schema(request=ExecuteInput, responses={202: JobOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def execute(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Write the letters; the answer is the job that makes their PDFs and sends the mails."""

        def act() -> Response:
            run = self.get_object()
            running.execute(run, by=self.access.user, **self.told(ExecuteInput))
            return accepted(begin_letters(run, by=self.access.user, within=bearer_in(request)))

        return self.once(act)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give a draft up."""
        running.discard(self.get_object(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=CancelRunInput, responses=DunningRunOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take an executed run back; its letters stay, marked as cancelled."""
        cancelling.cancel(self.get_object(), by=self.access.user, **self.told(CancelRunInput))
        return self.shown(self.get_object())


class LetterQuery(serializers.Serializer[Any]):
    item = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="Letters about this open item"
    )
    run = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    contact = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class DunningLetterViewSet(CompanyViewSet):
    """``…/dunning-letters/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "pdf": Permission.RECEIVABLES_READ,
        "cancel": Permission.RECEIVABLES_DUN,
    }
    serializer_class = DunningLetterWithItems
    queryset = DunningNotice.unscoped.none()
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[DunningNotice]:
        items = DunningNoticeItem.unscoped.order_by("position")
        return queries.notices_of(self.company).prefetch_related(Prefetch("items", items))

    @extend_schema(parameters=[LetterQuery], responses=DunningLetterOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        told = self.asked(LetterQuery)
        found = queries.notices_of(self.company)
        if "item" in told:
            found = found.filter(items__item=told.pop("item"))
        found = found.filter(**told)
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(DunningLetterOutput(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def pdf(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse:
        """The letter as it went out."""
        notice = self.get_object()
        if notice.file is not None:
            return original(notice.file, download=True)
        made = paper.pdf(archiving.Stationery(self.company).paper(notice))
        return HttpResponse(made, content_type=PDF)

    @extend_schema(request=CancelLetterInput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take one letter back; it stays, marked as cancelled."""
        cancelling.cancel_notice(self.get_object(), by=self.access.user,
                                 **self.told(CancelLetterInput))  # fmt: skip
        return self.shown(self.get_object())
