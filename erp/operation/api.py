"""``/api/v1/installation/health/``: how this installation runs, for those who run it."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import as_operator
from erp.api.personal import PersonalViewSet
from erp.jobs.models import Job
from erp.operation.findings import State, worst
from erp.operation.running import running
from erp.operation.telling import as_json


class FindingOutput(serializers.Serializer[Any]):
    """How a thing stands; ``remedy`` says what helps, and ``figures`` are for programs that watch."""

    code = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    text = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    figures = serializers.DictField()


class HealthOutput(serializers.Serializer[Any]):
    """The worst of the states, and each finding."""

    state = serializers.ChoiceField(choices=State.choices)
    findings = FindingOutput(many=True)


class HealthViewSet(PersonalViewSet):
    """What belongs to no company: 403 to all but operators."""

    queryset = Job.unscoped.none()

    def admit(self, request: Request) -> None:
        as_operator(self.person)

    @extend_schema(responses=HealthOutput)
    def read(self, request: Request) -> Response:
        """How services, work that waits, proofs, backups and disk space stand."""
        found = running()
        return Response({"state": worst(found).value, "findings": [as_json(one) for one in found]})


general = [
    path("installation/health/", HealthViewSet.as_view({"get": "read"}), name="api-installation-health"),
]  # fmt: skip
