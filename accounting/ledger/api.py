"""``/api/v1/companies/{company}/``: accounts, journal entries, fiscal years, cost centres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger import charting, posting, queries
from accounting.ledger.entering import (
    Reader,
    TypedLine,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
)
from accounting.ledger.models import (
    Account,
    CostCentre,
    CostObject,
    EntryLine,
    FiscalYear,
    JournalEntry,
    Period,
)
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.inputs import AmountField, Input
from erp.core.money import ZERO
from vat.codes.models import VatCode


class AccountOutput(serializers.ModelSerializer[Account]):
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)

    class Meta:
        model = Account
        fields = ("id", "number", "name_de", "name_fr", "name_it", "name_en", "type",
                  "or_position", "group_number", "currency", "vat_code", "cost_centre_rule",
                  "cost_object_rule", "purpose", "control", "blocked_from")  # fmt: skip


class AccountInput(Input):
    """An account to open, or the fields of one to change."""

    number = serializers.CharField(max_length=10)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=Account.Type.choices)
    or_position = serializers.CharField(max_length=12, required=False, allow_blank=True)
    group_number = serializers.CharField(max_length=10, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    vat_code = serializers.CharField(required=False, allow_null=True)
    cost_centre_rule = serializers.ChoiceField(choices=Account.Rule.choices, required=False)
    cost_object_rule = serializers.ChoiceField(choices=Account.Rule.choices, required=False)
    blocked_from = serializers.DateField(required=False, allow_null=True)

    def validate_vat_code(self, value: str | None) -> VatCode | None:
        if not value:
            return None
        code = VatCode.of(self.context["company"]).filter(code=value.upper()).first()
        if code is None:
            raise serializers.ValidationError(f"There is no VAT code {value}.", code="unknown")
        return code


class AccountViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/accounts/``: addressed by number."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "sheet": Permission.LEDGER_READ,
        "create": Permission.CHART_CHANGE,
        "partial_update": Permission.CHART_CHANGE,
    }
    serializer_class = AccountOutput
    queryset = Account.unscoped.none()
    lookup_field = "number"
    lookup_value_regex = "[A-Za-z0-9]{1,10}"
    pagination_class = None

    def get_queryset(self) -> QuerySet[Account]:
        if not hasattr(self, "company"):
            return Account.unscoped.none()
        return Account.of(self.company).select_related("vat_code", "company").order_by("number")

    def retrieve(self, request: Request, number: str, **kwargs: Any) -> Response:
        return with_etag(AccountOutput(self.get_object()).data)

    @extend_schema(request=AccountInput, responses={201: AccountOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        data = AccountInput(data=request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        account = charting.add_account(
            company=self.company, by=self.access.user, **data.validated_data
        )
        return with_etag(AccountOutput(account).data, status=201)

    @extend_schema(request=AccountInput, responses=AccountOutput)
    def partial_update(self, request: Request, number: str, **kwargs: Any) -> Response:
        account = self.get_object()
        self.require_match(AccountOutput(account).data)
        data = AccountInput(data=request.data, partial=True, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        changed = charting.change_account(account, by=self.access.user, **data.validated_data)
        return with_etag(AccountOutput(changed).data)

    @extend_schema(
        parameters=[OpenApiParameter("from", str), OpenApiParameter("until", str)],
        responses=serializers.DictField(),
    )
    @action(detail=True, methods=["get"])
    def sheet(self, request: Request, number: str, **kwargs: Any) -> Response:
        """The account's lines in a span of days with the balance running (Kontoblatt)."""
        span = SpanInput(data={
            "start": request.query_params.get("from"), "until": request.query_params.get("until")
        })  # fmt: skip
        span.is_valid(raise_exception=True)
        sheet = queries.account_sheet(
            self.company, self.get_object(), start=span.validated_data["start"],
            end=span.validated_data["until"], limit=1000,
        )  # fmt: skip
        return Response(
            {
                "account": sheet.account.number,
                "from": sheet.start,
                "until": sheet.end,
                "opening": f"{sheet.opening:.2f}",
                "closing": f"{sheet.closing:.2f}",
                "complete": sheet.complete,
                "lines": [
                    {"entry": r.entry, "number": r.number, "date": r.date, "text": r.text,
                     "contra": r.contra, "debit": f"{r.debit:.2f}", "credit": f"{r.credit:.2f}",
                     "balance": f"{r.balance:.2f}"}
                    for r in sheet.rows
                ],
            }
        )  # fmt: skip


class SpanInput(serializers.Serializer[Any]):
    start = serializers.DateField()
    until = serializers.DateField()


class LineOutput(serializers.ModelSerializer[EntryLine]):
    account = serializers.CharField(source="account.number")
    debit = AmountField()
    credit = AmountField()
    amount_foreign = AmountField(allow_null=True)
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)
    cost_object = serializers.CharField(source="cost_object.number", default=None, allow_null=True)
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)
    vat_rate = AmountField(allow_null=True)
    vat_base = AmountField(allow_null=True)

    class Meta:
        model = EntryLine
        fields = ("account", "debit", "credit", "text", "currency", "amount_foreign",
                  "cost_centre", "cost_object", "vat_code", "vat_part", "vat_rate", "vat_base",
                  "supply_date")  # fmt: skip


class JournalEntryOutput(serializers.ModelSerializer[JournalEntry]):
    lines = LineOutput(many=True)
    fiscal_year = serializers.IntegerField(source="fiscal_year_id")
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    posted_by = serializers.CharField(source="posted_by.email", default=None, allow_null=True)

    class Meta:
        model = JournalEntry
        fields = ("id", "number", "fiscal_year", "date", "text", "voucher", "kind", "source",
                  "reverses", "posted_at", "posted_by", "lines")  # fmt: skip


class LineInput(Input):
    """A line as typed; with a VAT code the tax is split off as in the entry mask."""

    account = serializers.CharField(max_length=10)
    debit = AmountField(required=False, positive=True)
    credit = AmountField(required=False, positive=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    vat_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    vat_basis = serializers.ChoiceField(choices=["gross", "net"], required=False)
    vat_rate = AmountField(required=False, positive=True, allow_null=True)
    supply_date = serializers.DateField(required=False, allow_null=True)
    cost_centre = serializers.CharField(max_length=10, required=False, allow_blank=True)
    cost_object = serializers.CharField(max_length=10, required=False, allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    amount_foreign = AmountField(required=False, positive=True, allow_null=True)


class JournalEntryInput(Input):
    date = serializers.DateField(input_formats=["%Y-%m-%d"])
    text = serializers.CharField(max_length=200)
    voucher = serializers.CharField(max_length=40, required=False, allow_blank=True)
    draft = serializers.BooleanField(required=False)
    lines = LineInput(many=True, max_length=1000)  # type: ignore[call-arg]

    def validate_lines(self, rows: list[dict[str, Any]]) -> list[TypedLine]:
        """Numbers and codes must be the company's own; a foreign one is as unknown as any."""
        faults: list[dict[str, Any]] = [{} for _row in rows]
        for name, model, column in _REFERENCES:
            told = [str(row.get(name) or "").strip() for row in rows]
            told = [text.upper() for text in told] if model is VatCode else told
            if not any(told):
                continue
            known = set(
                model.of(self.context["company"])
                .filter(**{f"{column}__in": told})
                .values_list(column, flat=True)
            )
            for nth, text in enumerate(told):
                if text and text not in known:
                    refusal = _UNKNOWN[name](value=text)
                    faults[nth][name] = [ErrorDetail(str(refusal), refusal.code)]
        if any(faults):
            raise serializers.ValidationError(faults)
        return [TypedLine(**{"debit": ZERO, "credit": ZERO, **row}) for row in rows]


_REFERENCES: Final = (
    ("account", Account, "number"), ("vat_code", VatCode, "code"),
    ("cost_centre", CostCentre, "number"), ("cost_object", CostObject, "number"),
)  # fmt: skip
_UNKNOWN: Final = {"account": UnknownAccount, "vat_code": UnknownVatCode,
                   "cost_centre": UnknownCostUnit, "cost_object": UnknownCostUnit}  # fmt: skip


class ReversalInput(Input):
    date = serializers.DateField(input_formats=["%Y-%m-%d"])
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)


class JournalEntryViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/journal-entries/``: posted entries in the order of the journal."""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "create": Permission.LEDGER_POST,
        "reverse": Permission.LEDGER_REVERSE,
    }
    serializer_class = JournalEntryOutput
    queryset = JournalEntry.unscoped.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("date", "number", "pk")

    def get_queryset(self) -> QuerySet[JournalEntry]:
        if not hasattr(self, "company"):
            return JournalEntry.unscoped.none()
        told = self.request.query_params
        entries = queries.journal(
            self.company, search=told.get("search", "")[:60], start=_day(told, "date_from"),
            end=_day(told, "date_until"), account=told.get("account", "")[:10],
        )  # fmt: skip
        return entries.order_by("date", "number", "pk")

    @extend_schema(
        parameters=[
            OpenApiParameter("search", str), OpenApiParameter("account", str),
            OpenApiParameter("date_from", str), OpenApiParameter("date_until", str),
        ]
    )  # fmt: skip
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return with_etag(JournalEntryOutput(self.get_object()).data)

    @extend_schema(
        request=JournalEntryInput,
        responses={201: JournalEntryOutput},
        parameters=[
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
        ],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        data = JournalEntryInput(data=request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return self.once(lambda: self._post(data.validated_data))

    def _post(self, told: dict[str, Any]) -> Response:
        lines = Reader(self.company).lines(told["lines"], date=told["date"])
        write = posting.write_draft if told.get("draft") else posting.post
        entry = write(
            company=self.company, date=told["date"], text=told["text"], lines=lines,
            by=self.access.user, voucher=told.get("voucher", ""),
        )  # fmt: skip
        return Response(self._shown(entry), status=201)

    @extend_schema(
        request=ReversalInput,
        responses={201: JournalEntryOutput},
        parameters=[
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
        ],
    )
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo an entry by its mirror image (stornieren)."""
        entry = get_object_or_404(
            JournalEntry.of(self.company).select_related("company"), pk=int(pk)
        )
        data = ReversalInput(data=request.data)
        data.is_valid(raise_exception=True)
        return self.once(
            lambda: Response(
                self._shown(posting.reverse(entry, by=self.access.user, **data.validated_data)),
                status=201,
            )
        )

    def _shown(self, entry: JournalEntry) -> dict[str, Any]:
        shown = queries.journal(self.company, drafts=not entry.is_posted).get(pk=entry.pk)
        return dict(JournalEntryOutput(shown).data)


class PeriodOutput(serializers.ModelSerializer[Period]):
    class Meta:
        model = Period
        fields = ("id", "start", "end", "lock")


class FiscalYearOutput(serializers.ModelSerializer[FiscalYear]):
    periods = PeriodOutput(many=True)

    class Meta:
        model = FiscalYear
        fields = ("id", "name", "start", "end", "periods")


class FiscalYearViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/fiscal-years/``"""

    permissions = {"list": Permission.LEDGER_READ}
    serializer_class = FiscalYearOutput
    queryset = FiscalYear.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[FiscalYear]:
        if not hasattr(self, "company"):
            return FiscalYear.unscoped.none()
        return FiscalYear.of(self.company).order_by("start").prefetch_related("periods")


class CostCentreOutput(serializers.ModelSerializer[CostCentre]):
    class Meta:
        model = CostCentre
        fields = ("id", "number", "name_de", "name_fr", "name_it", "name_en", "active_until")


class CostCentreViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/cost-centres/``"""

    permissions = {"list": Permission.LEDGER_READ}
    serializer_class = CostCentreOutput
    queryset = CostCentre.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[CostCentre]:
        if not hasattr(self, "company"):
            return CostCentre.unscoped.none()
        return CostCentre.of(self.company).order_by("number")


def _day(told: Mapping[str, str], name: str) -> dt.date | None:
    if not told.get(name):
        return None
    try:
        return dt.date.fromisoformat(told[name])
    except ValueError:
        raise serializers.ValidationError(
            {name: [f"“{told[name][:20]}” is no date. Write 2026-12-31."]}
        ) from None


router = SimpleRouter()
router.register("accounts", AccountViewSet, basename="accounts")
router.register("journal-entries", JournalEntryViewSet, basename="journal-entries")
router.register("fiscal-years", FiscalYearViewSet, basename="fiscal-years")
router.register("cost-centres", CostCentreViewSet, basename="cost-centres")
urls = router.urls
