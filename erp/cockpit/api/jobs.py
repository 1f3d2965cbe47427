"""``…/jobs/``: long work in the background, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.api.endpoints import CompanyViewSet, session_of
from erp.api.files import AnyType
from erp.api.jobs import JobOutput
from erp.api.permissions import StepUpNeeded
from erp.documents.serving import of_any_size
from erp.jobs import queries
from erp.jobs.kinds import kind_of
from erp.jobs.models import Job, JobLine, State
from erp.jobs.starting import cancel

STATES = ("open", *State.values)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag you read, or *."
)


class JobLineOutput(serializers.ModelSerializer[JobLine]):
    class Meta:
        model = JobLine
        fields = ("at", "text")


class JobWithLogOutput(JobOutput):
    """A job with its log, oldest line first."""

    log = JobLineOutput(source="written", many=True)

    class Meta(JobOutput.Meta):
        fields = (*JobOutput.Meta.fields, "log")  # type: ignore[assignment]


class JobQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, required=False, help_text="open: not over")
    kind = serializers.CharField(max_length=60, required=False)


class JobViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/jobs/``: newest first; one's own, and those of others by right."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "cancel": Permission.COMPANY_READ,
        "file": Permission.COMPANY_READ,
    }
    serializer_class = JobOutput
    queryset = Job.unscoped.none()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Job]:
        jobs = queries.within_reach(self.access)
        if self.action == "list":
            jobs = queries.filtered(jobs, **self.asked(JobQuery))
        return jobs

    @extend_schema(parameters=[JobQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=JobWithLogOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """One job with its log; its ETag changes with its progress."""
        job = self.get_object()
        job.written = queries.lines_of(job)
        answer = self.shown(job)
        answer.data = JobWithLogOutput(job).data
        return answer

    @extend_schema(request=None, responses=JobOutput, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let a job end before its next step; what it has done until then stays."""
        if not queries.may_cancel(self.access, self.get_object()):
            raise PermissionDenied
        return self.shown(cancel(self.changing(), by=self.access.user))

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponseBase:
        """What a job made, for those who might have made it."""
        job = self.get_object()
        if job.file is None:
            raise Http404
        kind = kind_of(job.kind)
        if not kind.is_open_to(self.access):
            raise PermissionDenied
        if kind.step_up and not is_fresh(session_of(request)):
            raise StepUpNeeded
        return of_any_size(job.file)
