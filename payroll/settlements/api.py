"""``…/payroll/tax-settlements/``: what was withheld is settled with the cantons."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField, Input, MonthField
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.audit import access_log
from payroll.declarations.gathering import YEARS
from payroll.employees.ahv import masked
from payroll.employees.models import Employee
from payroll.settlements import settling
from payroll.settlements.listing import table_of
from payroll.settlements.models import TaxSettlement
from payroll.settlements.withheld import year_view


class SettleTaxInput(Input):
    """All that is open of a canton until a month is settled; ``seen`` is the tax that was looked at."""

    canton = serializers.RegexField(r"^[A-Z]{2}$")
    until = MonthField()
    year = serializers.IntegerField(
        min_value=YEARS[0], max_value=YEARS[-1], required=False,
        help_text="Whose wages; that of the month without. Another one for what was corrected later",
    )  # fmt: skip
    date = DayField(help_text="Booking date")
    due_date = DayField(required=False, help_text="As the canton's rule says without")
    reference = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="QR or creditor reference"
    )
    account = serializers.CharField(
        max_length=42, required=False, allow_blank=True, help_text="IBAN; the contact's without"
    )
    seen = AmountField(required=False)


class UndoTaxSettlementInput(Input):
    date = DayField(help_text="Date of the reversal")
    reason = serializers.CharField(max_length=200)


class TaxSettlementOutput(serializers.Serializer[Any]):
    """A settlement without its people, in CHF. ``net`` is negative where tax is paid back.

    What was taxable is a wage where there is one person: it is told with the people alone.
    """

    id = serializers.IntegerField()
    canton = serializers.CharField()
    year = serializers.IntegerField()
    first = MonthField()
    last = MonthField()
    people = serializers.IntegerField()
    tax = AmountField()
    percent = AmountField(decimals=3)
    commission = AmountField()
    net = AmountField()
    date = DayField()
    due_date = DayField()
    reference = serializers.CharField()
    institution = serializers.IntegerField(source="institution_id")
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    undone_at = serializers.DateTimeField(source="cancelled_at", allow_null=True)
    reason = serializers.CharField()


class SettledTaxOutput(serializers.Serializer[Any]):
    """A person's tax as it was settled, in CHF; ``origin`` is the month it is for."""

    employee = serializers.IntegerField()
    ahv_number = serializers.CharField()
    name = serializers.CharField()
    commune = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()
    month = MonthField()
    origin = MonthField()
    taxable = AmountField()
    determinant = AmountField()
    tax = AmountField(source="amount")
    is_correction = serializers.BooleanField()


class TaxSettlementWhole(TaxSettlementOutput):
    """A settlement with its people. AHV numbers may be masked."""

    taxable = AmountField()
    rows = SettledTaxOutput(many=True, source="content")


class OpenTaxOutput(serializers.Serializer[Any]):
    """What is not settled of a canton and month, in CHF; ``percent`` is null where no tariff is loaded."""

    canton = serializers.CharField()
    month = MonthField()
    year = serializers.IntegerField()
    people = serializers.IntegerField()
    taxable = AmountField()
    tax = AmountField()
    percent = AmountField(decimals=3, allow_null=True)
    commission = AmountField()
    net = AmountField()


class TaxSettlementViewSet(mixins.ListModelMixin, Filed):
    """``…/payroll/tax-settlements/``"""

    permissions = {
        "list": Permission.PAYROLL_READ,
        "retrieve": Permission.PAYROLL_READ,
        "open": Permission.PAYROLL_READ,
        "create": Permission.PAYROLL_POST,
        "undo": Permission.PAYROLL_POST,
    }
    step_up = frozenset({"undo"})
    takes_along = {"retrieve": Permission.PAYROLL_EXPORT}
    fresh = frozenset({"retrieve"})
    serializer_class = TaxSettlementOutput
    queryset = TaxSettlement.unscoped.none()
    ordering = ("-last", "-pk")

    def get_queryset(self) -> QuerySet[TaxSettlement]:
        return TaxSettlement.of(self.company).defer("content")

    def note(self, count: int) -> None:
        access_log.note(company=self.company, by=self.access.user, subject=Employee,
                        kind="export" if self.form else "list", count=count)  # fmt: skip

    def state(self, one: TaxSettlement, status: int = 200) -> Response:
        """A settlement without its people: what an act answers is kept for its key, unsealed."""
        return Response(TaxSettlementOutput(self.get_queryset().get(pk=one.pk)).data, status)

    @shown_or_filed(TaxSettlementWhole)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """A settlement with its people, as it was made."""
        rows = TaxSettlement.of(self.company).select_related("institution")
        one = get_object_or_404(rows, pk=int(pk))
        self.note(one.people)
        if self.form:
            return self.filed(table_of(one))
        if not self.access.may(Permission.PAYROLL_PEOPLE):
            one.content = tuple(
                msgspec.structs.replace(row, ahv_number=masked(row.ahv_number))
                for row in one.content
            )
        return Response(TaxSettlementWhole(one).data)

    @extend_schema(responses=OpenTaxOutput(many=True))
    @action(detail=False, url_path=r"open/(?P<year>[12][0-9]{3})", pagination_class=None)
    def open(self, request: Request, year: str, **kwargs: Any) -> Response:
        """What was withheld in a year and is not settled, by canton and month."""
        found = year_view(self.company, int(year))
        self.note(found.people)
        return Response(OpenTaxOutput(instance=list(found.open), many=True).data)

    @extend_schema(request=SettleTaxInput, responses={201: TaxSettlementOutput}, parameters=[KEY])
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Settle with a canton: the tax office is owed the tax less the commission."""

        self.access.require(Permission.PAYROLL_READ)

        def act() -> Response:
            told = self.told(SettleTaxInput)
            return self.state(
                settling.settle(company=self.company, by=self.access.user, **told), 201
            )

        return self.once(act)

    @extend_schema(request=UndoTaxSettlementInput, responses=TaxSettlementOutput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo a settlement of which nothing is paid; wants the second factor."""

        self.access.require(Permission.PAYROLL_READ)

        def act() -> Response:
            one = get_object_or_404(TaxSettlement.of(self.company), pk=int(pk))
            told = self.told(UndoTaxSettlementInput)
            return self.state(settling.undo(one, by=self.access.user, **told))

        return self.once(act)


router = SimpleRouter()
router.register("payroll/tax-settlements", TaxSettlementViewSet, basename="payroll-tax-settlements")
urls = router.urls
