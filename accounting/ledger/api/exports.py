"""``…/journal-exports/``: the journal as a file, made in the background."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import jobs
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.jobs.starting import start

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class JournalExportInput(Input):
    """What is exported: everything, or what the filters let through.

    ``import`` is CSV as the journal import takes it, ``abacus`` XML for AbaConnect.
    """

    form = serializers.ChoiceField(choices=("csv", "xlsx", "import", "abacus"))
    since = DayField(required=False)
    until = DayField(required=False)
    account = serializers.CharField(max_length=10, required=False)
    search = serializers.CharField(max_length=60, required=False)


class JournalExportViewSet(CompanyViewSet):
    """``…/journal-exports/``"""

    permissions = {"create": Permission.LEDGER_EXPORT}
    serializer_class = JobOutput

    @extend_schema(request=JournalExportInput, responses={202: JobOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Have the journal made into a file; the answer is the job that makes it."""
        if not self.access.may(Permission.LEDGER_READ):
            raise PermissionDenied
        told = self.told(JournalExportInput)
        days = {ours: told[name].isoformat() for ours, name in (("from", "since"), ("until", "until"))
                if name in told}  # fmt: skip
        arguments = {"form": told["form"], "q": told.get("search", ""),
                     "account": told.get("account", ""), **days}  # fmt: skip
        return self.once(lambda: accepted(start(
            jobs.EXPORT, company=self.company, by=self.access.user, arguments=arguments,
            within=bearer_in(request),
        )))  # fmt: skip
