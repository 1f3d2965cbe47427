"""``/api/v1/installation/jobs/`` and ``…/reference/sources/{source}/fetch/``: for who runs this installation."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import as_operator
from erp.api.jobs import JobOutput, accepted
from erp.api.paging import Pages
from erp.api.personal import PersonalViewSet
from erp.cockpit.api.jobs import JobWithLogOutput
from erp.jobs import queries
from erp.jobs.models import OPEN, Job
from erp.jobs.starting import cancel, start
from erp.reference.jobs import UPDATE
from erp.reference.sources import SOURCES


class InstallationViewSet(PersonalViewSet):
    """What belongs to no company: 403 to all but operators."""

    serializer_class = JobOutput
    queryset = Job.unscoped.none()
    pagination_class = Pages
    ordering = ("-pk",)
    step_up = frozenset({"fetch"})

    def admit(self, request: Request) -> None:
        as_operator(self.person)
        if self.kwargs.get("source", "") not in {"", *SOURCES}:
            raise Http404

    def found(self) -> Job:
        job: Job = get_object_or_404(queries.of_installation(), pk=self.kwargs["job"])
        return job

    @extend_schema(responses=JobOutput(many=True))
    def list(self, request: Request) -> Response:
        """The jobs of the installation, the newest first."""
        page = self.paginate_queryset(queries.of_installation()) or []
        return self.get_paginated_response(JobOutput(page, many=True).data)

    @extend_schema(responses=JobWithLogOutput)
    def read(self, request: Request, **kwargs: Any) -> Response:
        """One job with its log."""
        job: Any = self.found()
        job.written = queries.lines_of(job)
        return Response(JobWithLogOutput(job).data)

    @extend_schema(request=None, responses=JobOutput)
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """Let a job end before its next step; what it has done until then stays."""
        return Response(JobOutput(cancel(self.found(), by=self.person)).data)

    @extend_schema(request=None, responses={202: JobOutput})
    def fetch(self, request: Request, source: str) -> Response:
        """Ask a publisher for its latest edition, in the background; wants the second factor."""
        mine = queries.of_installation().filter(kind=UPDATE, arguments__source=source)
        running = mine.filter(state__in=OPEN).first()
        return accepted(running or start(
            UPDATE, company=None, by=self.person, arguments={"source": source}
        ))  # fmt: skip


urls = [
    path("installation/jobs/", InstallationViewSet.as_view({"get": "list"}), name="api-installation-jobs"),
    path("installation/jobs/<int:job>/", InstallationViewSet.as_view({"get": "read"}),
         name="api-installation-job"),
    path("installation/jobs/<int:job>/cancel/", InstallationViewSet.as_view({"post": "cancel"}),
         name="api-installation-job-cancel"),
    path("reference/sources/<slug:source>/fetch/", InstallationViewSet.as_view({"post": "fetch"}),
         name="api-reference-fetch"),
]  # fmt: skip
