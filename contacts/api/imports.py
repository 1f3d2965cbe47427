"""``…/contact-imports/``: contacts from CSV, XLSX or vCard."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import importing, jobs
from contacts.checking import Preview
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.imports import KEY_UNLESS_DRY, ColumnsInput, DryRunQuery, FileImports
from erp.api.jobs import JobOutput, accepted
from erp.core.errors import Refusals
from erp.core.spreadsheets import LARGEST, content_type_of
from erp.documents import storing
from erp.documents.storing import read_upload
from erp.jobs.starting import start


class ContactImportInput(ColumnsInput):
    only_good = serializers.BooleanField(required=False, help_text="Leave bad rows out")


class ContactImportOutput(serializers.Serializer[Any]):
    """What an import would do or has done; ``faults`` are the bad rows that were left out."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    bad = serializers.IntegerField()
    faults = serializers.ListField(child=serializers.CharField())


class ContactImportViewSet(FileImports):
    """``…/contact-imports/``"""

    permissions = {"create": Permission.CONTACTS_IMPORT}
    serializer_class = ContactImportOutput
    queryset = Contact.unscoped.none()
    body = ContactImportInput

    @extend_schema(
        request={"multipart/form-data": ContactImportInput},
        responses={200: ContactImportOutput, 201: ContactImportOutput, 202: JobOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add and change the contacts of a file: all or none, or with ``only_good`` the good rows.

        Rows whose number is known change that contact. In the ``background`` the answer is a job
        (202), which names bad rows in its log.
        """
        told = self.told(self.body)
        if told.get("background") and not told.get("dry_run"):
            return self.once(lambda: self._later(told))
        return self.take()

    def _later(self, told: dict[str, Any]) -> Response:
        content = read_upload(told["file"], LARGEST)
        file = storing.keep(
            company=self.company, name=told["file"].name or "contacts", content=content,
            content_type=content_type_of(content), by=self.access.user,
        )  # fmt: skip
        job = start(
            jobs.IMPORT, company=self.company, by=self.access.user,
            arguments={"file": file.digest, "columns": told.get("columns", {}),
                       "good": told.get("only_good", False),
                       "known": importing.was_imported(self.company, content)},
            within=bearer_in(self.request),
        )  # fmt: skip
        return accepted(job)

    def preview(self, content: bytes, told: dict[str, Any]) -> Preview:
        found = importing.dry_run(
            company=self.company, content=content, columns=told.get("columns")
        )
        if found.refusals and not told.get("only_good"):
            raise Refusals(found.refusals)
        found.told, found.refusals = [str(one) for one in found.refusals], []
        return found

    def perform(self, content: bytes, told: dict[str, Any]) -> Preview:
        done = importing.import_contacts(
            company=self.company, content=content, by=self.access.user, **told
        )
        done.told = [str(one) for one in done.refusals]
        return done

    def as_told(self, found: Preview) -> dict[str, Any]:
        return {"rows": found.rows, "new": len(found.new), "changed": len(found.changed),
                "bad": found.bad_rows, "faults": found.told}  # fmt: skip
