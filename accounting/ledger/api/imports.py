"""``…/journal-imports/`` and ``…/account-imports/``: looked at first, or done, from one file."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger import chart_import, importing, jobs
from accounting.ledger.bulk import NewEntry
from accounting.ledger.lines import Line
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.imports import (
    KEY_UNLESS_DRY,
    ColumnsInput,
    DryRunQuery,
    FileImports,
    ImportInput,
)
from erp.api.inputs import AmountField
from erp.api.jobs import JobOutput, accepted
from erp.core.spreadsheets import LARGEST, content_type_of
from erp.documents import storing
from erp.documents.storing import read_upload
from erp.jobs.starting import start

MOST_SHOWN = 50  # entries of a file


class JournalImportInput(ColumnsInput):
    """A journal; its columns are those of ``importing.COLUMNS``."""

    known = importing.COLUMNS


class ImportedLineOutput(serializers.Serializer[Line]):
    account = serializers.CharField(source="account.number")
    debit = AmountField()
    credit = AmountField()
    text = serializers.CharField()
    vat_code = serializers.CharField(source="vat.code.code", default=None, allow_null=True)
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)
    cost_object = serializers.CharField(source="cost_object.number", default=None, allow_null=True)


class ImportedEntryOutput(serializers.Serializer[NewEntry]):
    date = serializers.DateField()
    text = serializers.CharField()
    voucher = serializers.CharField()
    kind = serializers.CharField()
    lines = ImportedLineOutput(many=True)


class JournalImportOutput(serializers.Serializer[Any]):
    """What an import would post or has posted; ``first`` shows at most 50 of its entries."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    entries = serializers.IntegerField()
    total = AmountField()
    warnings = serializers.ListField(child=serializers.CharField())
    first = ImportedEntryOutput(many=True)


class NewAccountOutput(serializers.Serializer[Any]):
    number = serializers.CharField()
    type = serializers.CharField()
    name_de = serializers.CharField(required=False)
    name_fr = serializers.CharField(required=False)
    name_it = serializers.CharField(required=False)
    name_en = serializers.CharField(required=False)


class ChangedAccountOutput(serializers.Serializer[Any]):
    """``changes`` has the old and the new value of each field."""

    number = serializers.CharField()
    changes = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class AccountImportOutput(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    new = NewAccountOutput(many=True)
    changed = ChangedAccountOutput(many=True)


class JournalImportViewSet(FileImports):
    """``…/journal-imports/``"""

    permissions = {"create": Permission.LEDGER_IMPORT}
    serializer_class = JournalImportOutput
    body = JournalImportInput

    @extend_schema(
        request={"multipart/form-data": JournalImportInput},
        responses={200: JournalImportOutput, 201: JournalImportOutput, 202: JobOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Post every entry of a CSV or XLSX file, or none; with ``dry_run`` only look at it.

        In the ``background`` the answer is a job (202), which names bad rows in its log.
        """
        told = self.told(self.body)
        if told.get("background") and not told.get("dry_run"):
            return self.once(lambda: self._later(told))
        return self.take()

    def _later(self, told: dict[str, Any]) -> Response:
        content = read_upload(told["file"], LARGEST)
        file = storing.keep(
            company=self.company, name=told["file"].name or "journal", content=content,
            content_type=content_type_of(content), by=self.access.user,
        )  # fmt: skip
        job = start(
            jobs.IMPORT, company=self.company, by=self.access.user,
            arguments={"file": file.digest, "columns": told.get("columns", {}),
                       "known": importing.was_imported(self.company, content)},
            within=bearer_in(self.request),
        )  # fmt: skip
        return accepted(job)

    def preview(self, content: bytes, told: dict[str, Any]) -> importing.Preview:
        return importing.dry_run(
            company=self.company, content=content, closing=self._closing, **told
        )  # fmt: skip

    def perform(self, content: bytes, told: dict[str, Any]) -> importing.Preview:
        return importing.import_journal(
            company=self.company, content=content, by=self.access.user, closing=self._closing,
            **told,
        )  # fmt: skip

    def as_told(self, found: importing.Preview) -> dict[str, Any]:
        return {
            "rows": found.rows, "entries": len(found.entries), "total": found.total,
            "warnings": found.warnings, "first": found.entries[:MOST_SHOWN],
        }  # fmt: skip

    @property
    def _closing(self) -> bool:
        return self.access.may(Permission.LEDGER_CLOSE)


class AccountImportViewSet(FileImports):
    """``…/account-imports/``"""

    permissions = {"create": Permission.CHART_CHANGE}
    serializer_class = AccountImportOutput

    @extend_schema(
        request={"multipart/form-data": ImportInput},
        responses={200: AccountImportOutput, 201: AccountImportOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add and change the accounts of a CSV or XLSX file, or none; ``dry_run`` only looks."""
        return self.take()

    def preview(self, content: bytes, told: dict[str, Any]) -> chart_import.ChartPreview:
        return chart_import.preview(company=self.company, content=content)

    def perform(self, content: bytes, told: dict[str, Any]) -> chart_import.ChartPreview:
        return chart_import.import_chart(
            company=self.company, content=content, by=self.access.user
        )  # fmt: skip

    def as_told(self, found: chart_import.ChartPreview) -> dict[str, Any]:
        changed = [
            {"number": account.number, "changes": chart_import.differences(account, values)}
            for account, values in found.changed
        ]
        return {"new": found.new, "changed": changed}
