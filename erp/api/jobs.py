"""A job as endpoints tell it, and the answer to a wish that is granted in the background (202)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from erp.jobs.models import Job


class JobOutput(serializers.ModelSerializer[Job]):
    """A job: ask for it again until it has ``finished_at``.

    ``state`` is waiting, running, done, failed or cancelled. ``done`` of ``total`` is how far it
    is, where it knows. ``result`` is what a done one tells, ``has_file`` whether it made a file;
    ``error_code`` and ``error`` say why one failed.
    """

    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    by = serializers.CharField(source="by.email")
    cancelling = serializers.BooleanField(source="is_cancelling")
    percent = serializers.IntegerField(allow_null=True)
    result = serializers.DictField(allow_null=True)
    has_file = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ("id", "kind", "title", "state", "by", "created_at", "began_at", "finished_at",
                  "done", "total", "percent", "message", "cancelling", "result", "has_file",
                  "error_code", "error")  # fmt: skip

    def get_has_file(self, job: Job) -> bool:
        return job.file_id is not None


def accepted(job: Job) -> Response:
    """202: it will be done, and this is the job to ask for."""
    shown: dict[str, Any] = JobOutput(job).data
    return Response(shown, status=202)
