"""``…/year-archives/``: archives of closed fiscal years."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.archive.jobs import ARCHIVE, ZIP
from accounting.archive.queries import archive_of, archives_of, require_closed
from accounting.archive.rights import lacking, require_all
from accounting.ledger.models import FiscalYear
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import Input, named
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.documents.serving import streamed
from erp.jobs.starting import start


class YearArchiveOutput(serializers.Serializer[Any]):
    """An archive that was made; ``sha256`` is that of the whole file, as the trail has it.

    ``is_outdated`` says that a period of the year was opened again afterwards: make it anew when
    the year is closed.
    """

    id = serializers.IntegerField(source="file.pk")
    fiscal_year = serializers.IntegerField(source="year")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.digest")
    entries = serializers.IntegerField()
    lines = serializers.IntegerField()
    made_at = serializers.DateTimeField(source="at")
    made_by = serializers.CharField(source="by")
    is_outdated = serializers.BooleanField()


class YearArchiveInput(Input):
    """The id of a fiscal year whose periods are all locked."""

    fiscal_year = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class YearArchiveViewSet(CompanyViewSet):
    """``…/year-archives/``"""

    permissions = dict.fromkeys(("list", "create", "file"), Permission.LEDGER_EXPORT)
    step_up = frozenset({"create", "file"})
    serializer_class = YearArchiveOutput

    def list(self, request: Request, **kwargs: Any) -> Response:
        """The archives that were made, the newest first."""
        page = self.page_of(archives_of(self.company), by=lambda one: f"{one.file.pk} {one.at}")
        return self.get_paginated_response(YearArchiveOutput(page, many=True).data)

    @extend_schema(request=YearArchiveInput, responses={202: JobOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Have a closed year archived; the answer is the job that does it. Wants the second factor."""
        told = self.told(YearArchiveInput)
        require_all(self.company, self.access.holds)
        year = named(FiscalYear.of(self.company), told["fiscal_year"], place="fiscal_year")
        require_closed(year)
        return self.once(lambda: accepted(start(
            ARCHIVE, company=self.company, by=self.access.user, within=bearer_in(request),
            arguments={"until": year.end.isoformat()},
        )))  # fmt: skip

    @extend_schema(responses={(200, ZIP): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponseBase:
        """The package, bit for bit; wants the second factor."""
        found = archive_of(self.company, int(pk))
        if lacking(self.company, self.access.holds, found.further):
            raise PermissionDenied
        return streamed(found.file)


router = SimpleRouter()
router.register("year-archives", YearArchiveViewSet, basename="api-year-archives")
urls = router.urls
