"""Imports as endpoints: a file that is looked at first, or done."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from erp.api.endpoints import CompanyViewSet
from erp.api.files import UploadInput
from erp.core.errors import Refusals
from erp.core.spreadsheets import LARGEST
from erp.documents.storing import read_upload

KEY_UNLESS_DRY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Required unless dry_run."
)


class DryRunQuery(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(required=False, help_text="In the body or here")


class ImportInput(UploadInput):
    dry_run = serializers.BooleanField(required=False)


class ColumnsInput(ImportInput):
    """``columns`` is JSON: our names with the file's titles, blank for a column to leave out."""

    columns = serializers.CharField(max_length=4000, required=False)
    background = serializers.BooleanField(required=False, help_text="In a job; for large files")

    known: Collection[str] = ()

    def validate_columns(self, text: str) -> dict[str, str]:
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or not all(isinstance(t, str) for t in told.values()):
            raise serializers.ValidationError('Send JSON, such as {"text": "Buchungstext"}.')
        if self.known and (unknown := sorted(set(told) - set(self.known))):
            raise serializers.ValidationError(
                f"Columns are called {', '.join(self.known)}, not {unknown[0][:40]}."
            )
        return told


class FileImports(CompanyViewSet):
    """What imports have in common: a file, a look at it, an act; every bad row is told (422)."""

    parser_classes = (MultiPartParser,)
    largest_file = LARGEST
    pagination_class = None
    body: type[ImportInput] = ImportInput

    def preview(self, content: bytes, told: dict[str, Any]) -> Any:
        raise NotImplementedError

    def perform(self, content: bytes, told: dict[str, Any]) -> Any:
        raise NotImplementedError

    def as_told(self, found: Any) -> dict[str, Any]:
        raise NotImplementedError

    def take(self) -> Response:
        told = self.told(self.body)
        told.pop("background", None)
        dry_run = told.pop("dry_run", False) or self.asked(DryRunQuery).get("dry_run", False)
        content = read_upload(told.pop("file"), LARGEST)
        if not dry_run:
            return self.once(lambda: self._answer(self.perform(content, told), dry_run=False))
        found = self.preview(content, told)
        if found.refusals:
            raise Refusals(found.refusals)
        return self._answer(found, dry_run=True)

    def _answer(self, found: Any, *, dry_run: bool) -> Response:
        shown = self.get_serializer({"dry_run": dry_run, **self.as_told(found)}).data
        return Response(shown, status=200 if dry_run else 201)
