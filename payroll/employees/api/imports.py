"""``…/employee-imports/``: people from CSV or XLSX, long files in the background."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.imports import KEY_UNLESS_DRY, DryRunQuery, FileImports, ImportInput
from erp.api.jobs import JobOutput, accepted
from erp.core.spreadsheets import LARGEST
from erp.documents.storing import read_upload
from payroll.employees import importing, uploads
from payroll.employees.models import EmployeeUpload
from payroll.employees.sheet import is_long
from payroll.employees.uploads import Wish


class EmployeeImportInput(ImportInput):
    only_good = serializers.BooleanField(required=False, help_text="Leave bad rows out")


class EmployeeImportOutput(serializers.Serializer[Any]):
    """What an import would do or has done; a dry run also names the bad rows."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    bad = serializers.IntegerField()
    faults = serializers.ListField(child=serializers.CharField())


class EmployeeUploadOutput(serializers.ModelSerializer[EmployeeUpload]):
    """What became of a long file; the figures are null until all of its rows are checked."""

    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)
    dry_run = serializers.SerializerMethodField()
    rows = serializers.IntegerField(source="report.rows", default=None, allow_null=True)
    new = serializers.IntegerField(source="report.new", default=None, allow_null=True)
    bad = serializers.IntegerField(source="report.bad", default=None, allow_null=True)
    faults = serializers.ListField(
        child=serializers.CharField(), source="report.faults", default=list
    )

    class Meta:
        model = EmployeeUpload
        fields = ("job", "at", "finished_at", "dry_run", "rows", "new", "bad", "faults")

    def get_dry_run(self, upload: EmployeeUpload) -> bool:
        return bool(upload.job.arguments["wish"] == Wish.CHECK)


class EmployeeImportViewSet(FileImports):
    """``…/employee-imports/``"""

    permissions = {"create": Permission.PAYROLL_PEOPLE, "retrieve": Permission.PAYROLL_PEOPLE}
    step_up = frozenset({"create", "retrieve"})
    serializer_class = EmployeeImportOutput
    queryset = EmployeeUpload.unscoped.none()
    lookup_field = "job"
    lookup_url_kwarg = "pk"
    body = EmployeeImportInput

    def get_queryset(self) -> QuerySet[EmployeeUpload]:
        return EmployeeUpload.of(self.company).select_related("job").defer("content")

    @extend_schema(
        request={"multipart/form-data": EmployeeImportInput},
        responses={200: EmployeeImportOutput, 201: EmployeeImportOutput, 202: JobOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Hire the people of a file: all or none, or with ``only_good`` the good rows.

        Of more than 50 rows the answer is a job (202), also of a dry run. When it is over,
        ``employee-imports/{job}/`` tells for a day which rows are bad; the file is gone by then.
        """
        told = self.told(self.body)
        content = read_upload(told["file"], LARGEST)
        told["file"].seek(0)
        if not is_long(content):
            return self.take()
        if told.get("dry_run") or self.asked(DryRunQuery).get("dry_run"):
            return self._later(content, Wish.CHECK)
        wish = Wish.GOOD if told.get("only_good") else Wish.ALL
        return self.once(lambda: self._later(content, wish))

    @extend_schema(responses={200: EmployeeUploadOutput})
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What became of a long file, by the id of its job; wants the second factor."""
        return Response(EmployeeUploadOutput(self.get_object()).data)

    def _later(self, content: bytes, wish: Wish) -> Response:
        return accepted(uploads.begin(
            company=self.company, content=content, wish=wish, by=self.access.user,
            within=bearer_in(self.request),
        ))  # fmt: skip

    def preview(self, content: bytes, told: dict[str, Any]) -> Any:
        found = importing.dry_run(company=self.company, content=content)
        self._faults = [str(one) for one in found.refusals]
        if told.get("only_good"):
            found.refusals = []
        return found

    def perform(self, content: bytes, told: dict[str, Any]) -> Any:
        self._faults = []  # the answer is kept for its key: nothing of what rows say is in it
        return importing.import_employees(
            company=self.company, content=content, by=self.access.user, **told
        )

    def as_told(self, found: Any) -> dict[str, Any]:
        return {"rows": found.rows, "new": len(found.entries), "bad": found.bad_rows,
                "faults": self._faults}  # fmt: skip
