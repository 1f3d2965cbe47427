"""``…/company-exports/``: the whole company as a file, for its owners."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType
from erp.api.inputs import Input
from erp.api.jobs import JobOutput, accepted
from erp.api.schema import KEY
from erp.documents.serving import streamed_from
from erp.handover import orders
from erp.handover.models import CompanyExport
from erp.handover.passphrases import LONGEST
from erp.handover.views import ZIP


class CompanyExportOutput(serializers.ModelSerializer[CompanyExport]):
    """A company as a file. ``state`` is that of its job.

    ``is_there`` says whether the file may be taken along, until ``expires_at``; ``digest`` is the
    SHA-256 of its manifest, which whoever takes the company in is told by another way.
    """

    job = serializers.IntegerField(source="job_id")
    state = serializers.CharField(source="job.state")
    by = serializers.CharField(source="by.email")
    is_there = serializers.BooleanField()

    class Meta:
        model = CompanyExport
        fields = ("id", "job", "state", "by", "asked_at", "made_at", "expires_at", "taken_at",
                  "is_there", "size", "rows", "files", "digest")  # fmt: skip


class CompanyExportInput(Input):
    """The passphrase that seals wages and personal data in the file; it is not kept."""

    passphrase = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class CompanyExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, CompanyViewSet):
    """``…/company-exports/``: newest first."""

    permissions = dict.fromkeys(("list", "retrieve", "create", "file"), Permission.MEMBERS_CHANGE)
    step_up = frozenset({"create", "file"})
    serializer_class = CompanyExportOutput
    queryset = CompanyExport.unscoped.none()
    secrets = frozenset({"passphrase"})
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[CompanyExport]:
        return orders.exports_of(self.company)

    @extend_schema(request=CompanyExportInput, responses={202: JobOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Have all of the company written into a file; the answer is the job that does it.

        For owners alone, with the second factor: an app token is never enough. All owners are told.
        """
        told = self.told(CompanyExportInput)
        return self.once(
            lambda: accepted(orders.begin(company=self.company, by=self.access.user, **told))
        )

    @extend_schema(responses={(200, ZIP): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyType])
    def file(self, request: Request, pk: str, **kwargs: Any) -> HttpResponseBase:
        """The file, for owners, with the second factor; that it was taken along is noted and told."""
        found = self.get_object()
        path = orders.take(found, by=self.access.user)
        return streamed_from(path, name=orders.name_of(found), content_type=ZIP)


router = SimpleRouter()
router.register("company-exports", CompanyExportViewSet, basename="api-company-exports")
urls = router.urls
