"""``…/vat-code-table/``: what codes do on a day, and an example entry of each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.entering import Reader
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField
from erp.api.reports import Filed, shown_or_filed
from erp.core import clock
from vat.codes.models import VatCode
from vat.codes.queries import form_on
from vat.settings.code_table import code_table, rows_of
from vat.settings.examples import example


class VatDayQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="Day, ISO; today where it is left out")


class VatCodeRowOutput(serializers.Serializer[Any]):
    """A code with its rate in percent (null: none) and the boxes it fills on the day."""

    code = serializers.CharField(source="code.code")
    name = serializers.CharField(source="code.name")
    kind = serializers.CharField(source="code.kind")
    active = serializers.BooleanField(source="code.active")
    rate = AmountField(allow_null=True)
    boxes = serializers.CharField()


class VatExampleLineOutput(serializers.Serializer[Any]):
    """A line of the entry that 100.00 makes; ``amount`` of its VAT goes to ``boxes``. In francs."""

    account = serializers.CharField()
    name = serializers.CharField()
    debit = AmountField()
    credit = AmountField()
    boxes = serializers.ListField(child=serializers.CharField())
    amount = AmountField(allow_null=True)


class VatCodeTableViewSet(Filed):
    """``…/vat-code-table/``"""

    permissions = {"list": Permission.VAT_READ, "example": Permission.VAT_READ}
    takes_along = {"list": Permission.LEDGER_EXPORT}
    serializer_class = VatCodeRowOutput
    queryset = VatCode.unscoped.none()
    lookup_field = "code"
    lookup_value_regex = "[A-Z0-9]{1,6}"
    pagination_class = None

    def get_queryset(self) -> QuerySet[VatCode]:
        return VatCode.of(self.company).order_by("position", "code")

    @shown_or_filed(VatCodeRowOutput(many=True), parameters=[VatDayQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """All codes with their rates and boxes on a day."""
        day = self.asked(VatDayQuery).get("on") or clock.today()
        rows = rows_of(list(self.get_queryset()), form_on(day))
        if self.form:
            return self.filed(code_table(rows, day))
        return Response(VatCodeRowOutput(rows, many=True).data)

    @extend_schema(parameters=[VatDayQuery], responses=VatExampleLineOutput(many=True))
    @action(detail=True, methods=["get"])
    def example(self, request: Request, code: str, **kwargs: Any) -> Response:
        """The entry that 100.00 makes under a code on a day, by the company's own method."""
        day = self.asked(VatDayQuery).get("on") or clock.today()
        found = example(self.get_object(), reader=Reader(self.company), form=form_on(day), day=day)
        return Response(VatExampleLineOutput(found, many=True).data)
