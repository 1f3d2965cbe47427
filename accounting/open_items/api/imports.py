"""``…/open-item-imports/``: what was open in the books before, from CSV or XLSX."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.models import Account
from accounting.open_items import importing, jobs
from accounting.open_items.columns import COLUMNS
from accounting.open_items.importing import Preview, Terms
from accounting.open_items.models import OpenItem
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.imports import KEY_UNLESS_DRY, ColumnsInput, DryRunQuery, FileImports
from erp.api.inputs import AmountField, DayField
from erp.api.jobs import JobOutput, accepted
from erp.core.spreadsheets import LARGEST, content_type_of
from erp.documents import storing
from erp.documents.storing import read_upload
from erp.jobs.starting import start


class OpenItemImportInput(ColumnsInput):
    """``date`` is the day of the take-over; ``contra`` an account's number, else the opening account.

    With ``in_balance`` the control accounts hold the sum already, and stay as they are.
    """

    known = COLUMNS
    date = DayField()
    contra = serializers.CharField(max_length=10, required=False)
    in_balance = serializers.BooleanField(required=False)

    def validate_contra(self, number: str) -> Account:
        account = Account.of(self.context["company"]).filter(number=number).first()
        if account is None:
            raise serializers.ValidationError(f"There is no account {number}.", code="unknown")
        return account

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        told["terms"] = Terms(
            told.pop("date"), told.pop("contra", None), told.pop("in_balance", False)
        )
        return told


class TakenOverOutput(serializers.Serializer[Any]):
    account = serializers.CharField(source="account.number")
    contact = serializers.IntegerField(source="party.contact", allow_null=True)
    party = serializers.CharField(source="party.name")
    document = serializers.CharField()
    document_date = serializers.DateField()
    due_date = serializers.DateField(source="item.due_date")
    currency = serializers.CharField()
    amount = AmountField(source="item.amount")
    base = AmountField(source="item.base")


class EffectOutput(serializers.Serializer[Any]):
    """A control account and its items after the take-over, debit positive."""

    account = serializers.CharField(source="account.number")
    taken = AmountField()
    ledger = AmountField()
    items = AmountField()
    difference = AmountField()


class OpenItemImportOutput(serializers.Serializer[Any]):
    """What an import would take over or has taken over; ``first`` shows at most 50 items."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    items = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
    effects = EffectOutput(many=True)
    first = TakenOverOutput(many=True)


class OpenItemImportViewSet(FileImports):
    """``…/open-item-imports/``"""

    permissions = {"create": Permission.LEDGER_IMPORT}
    serializer_class = OpenItemImportOutput
    queryset = OpenItem.unscoped.none()
    body = OpenItemImportInput

    @extend_schema(
        request={"multipart/form-data": OpenItemImportInput},
        responses={200: OpenItemImportOutput, 201: OpenItemImportOutput, 202: JobOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Take over the items of a file in one opening entry, or none; with ``dry_run`` only look.

        In the ``background`` the answer is a job (202), which names bad rows in its log.
        """
        told = self.told(self.body)
        if told.get("background") and not told.get("dry_run"):
            return self.once(lambda: self._later(told))
        return self.take()

    def _later(self, told: dict[str, Any]) -> Response:
        content = read_upload(told["file"], LARGEST)
        file = storing.keep(
            company=self.company, name=told["file"].name or "open-items", content=content,
            content_type=content_type_of(content), by=self.access.user,
        )  # fmt: skip
        known = importing.was_imported(self.company, content)
        job = start(
            jobs.IMPORT, company=self.company, by=self.access.user,
            arguments=jobs.arguments(file.digest, told["terms"], told.get("columns", {}), known),
            within=bearer_in(self.request),
        )  # fmt: skip
        return accepted(job)

    def preview(self, content: bytes, told: dict[str, Any]) -> Preview:
        return importing.dry_run(company=self.company, content=content, **told)

    def perform(self, content: bytes, told: dict[str, Any]) -> Preview:
        return importing.import_items(
            company=self.company, content=content, by=self.access.user, **told
        )

    def as_told(self, found: Preview) -> dict[str, Any]:
        return {"rows": found.rows, "items": len(found.items), "warnings": found.warnings,
                "effects": found.effects, "first": found.first}  # fmt: skip
