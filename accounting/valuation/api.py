"""``…/valuations/`` and ``…/valuation-rules/``: foreign currencies valued as of a day."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.valuation import jobs, leaving, queries, reports, running
from accounting.valuation.leaving import Why
from accounting.valuation.models import Gains, ValuationRule, ValuationRun
from accounting.valuation.rates import DECIMALS, restored
from accounting.valuation.reckoning import reckon
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, DayField, Input
from erp.api.jobs import JobOutput, accepted
from erp.api.paging import PageOutput
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core.money import RATE_DIGITS
from erp.reference.models import ExchangeRate


class ValuationRateOutput(serializers.Serializer[Any]):
    """``rate`` is the company's currency for one unit; ``published`` is null where it was typed."""

    currency = serializers.CharField()
    rate = AmountField(decimals=DECIMALS)
    source = serializers.CharField(help_text="As an official rate’s, or typed")  # type: ignore[assignment]
    source_name = serializers.CharField()
    published = serializers.DateField(allow_null=True)


class ValuationSumOutput(serializers.Serializer[Any]):
    """An account in a currency. Amounts are debit positive; ``gains`` and ``losses`` have no sign."""

    account = serializers.CharField(source="account.number")
    name = serializers.CharField(source="account.name")
    by_item = serializers.BooleanField()
    currency = serializers.CharField()
    count = serializers.IntegerField()
    amount = AmountField()
    book = AmountField()
    value = AmountField(allow_null=True)
    difference = AmountField(allow_null=True)
    gains = AmountField()
    losses = AmountField()


class ValuationRowOutput(serializers.Serializer[Any]):
    """An account, or an open ``item``. Amounts are debit positive, ``value`` null without a rate."""

    account = serializers.CharField(source="account.number")
    item = serializers.IntegerField(allow_null=True)
    party = serializers.CharField(allow_null=True)
    document = serializers.CharField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    amount = AmountField()
    book = AmountField()
    value = AmountField(allow_null=True)
    difference = AmountField(allow_null=True)


class ValuationLeftOutOutput(serializers.Serializer[Any]):
    """What is not valued: it keeps the rate it was booked at, or stands on an account of no currency."""

    account = serializers.CharField(source="number")
    name = serializers.CharField()
    currency = serializers.CharField()
    amount = AmountField()
    book = AmountField()
    why = serializers.ChoiceField(choices=Why.choices)
    reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    is_finding = serializers.BooleanField()


class ValuationBrief(serializers.ModelSerializer[ValuationRun]):
    """A valuation and its entries: the differences, their release on the day after, and residues."""

    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    release = serializers.IntegerField(source="release_id", allow_null=True)
    residue = serializers.IntegerField(source="residue_id", allow_null=True)
    rates = serializers.SerializerMethodField()

    class Meta:
        model = ValuationRun
        fields = ("id", "date", "gains", "rates", "entry", "release", "residue", "created_at",
                  "undone_at")  # fmt: skip

    @extend_schema_field(ValuationRateOutput(many=True))
    def get_rates(self, run: ValuationRun) -> list[dict[str, Any]]:
        return [dict(row) for row in ValuationRateOutput(restored(run.rates), many=True).data]


class ValuationOutput(ValuationBrief):
    """A valuation with its sums by account and currency, and what it left out."""

    subtotals = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()

    class Meta(ValuationBrief.Meta):
        fields = (*ValuationBrief.Meta.fields, "subtotals", "left_out")  # type: ignore[assignment]

    @extend_schema_field(ValuationSumOutput(many=True))
    def get_subtotals(self, run: ValuationRun) -> list[dict[str, Any]]:
        found = ValuationSumOutput(queries.subtotals_of(run), many=True).data
        return [dict(row) for row in found]

    @extend_schema_field(ValuationLeftOutOutput(many=True))
    def get_left_out(self, run: ValuationRun) -> list[dict[str, Any]]:
        found = ValuationLeftOutOutput(leaving.restored(run.left_out), many=True).data
        return [dict(row) for row in found]


class ValuationProposalOutput(PageOutput):
    """What valuing the day would do, as it is now: nothing is written.

    ``missing`` are currencies without a rate, ``replaces`` the valuation of the day that would be
    undone. ``left_out`` is what is not valued. ``results`` are the positions.
    """

    date = serializers.DateField()
    gains = serializers.ChoiceField(choices=Gains.choices)
    rates = ValuationRateOutput(many=True)
    missing = serializers.ListField(child=serializers.CharField())
    replaces = serializers.IntegerField(allow_null=True)
    subtotals = ValuationSumOutput(many=True)
    left_out = ValuationLeftOutOutput(many=True)
    results = ValuationRowOutput(many=True)


class ValuationPositionsOutput(PageOutput):
    """The positions of a valuation, by account, currency and the day they are due."""

    results = ValuationRowOutput(many=True)


class ProposalQuery(serializers.Serializer[Any]):
    date = DayField()


class TypedRateInput(Input):
    """``rate`` is the company's currency for one unit of ``currency``."""

    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    rate = AmountField(decimals=RATE_DIGITS, positive=True)


class ValuationInput(Input):
    """``rates`` go before the official ones of the rule."""

    date = DayField()
    rates = TypedRateInput(many=True, required=False, max_length=200)  # type: ignore[call-arg]


class ValuationRuleInput(Input):
    valid_from = DayField()
    gains = serializers.ChoiceField(choices=Gains.choices)
    rate_source = serializers.ChoiceField(choices=ExchangeRate.Source.choices)


class ValuationRuleOutput(serializers.ModelSerializer[ValuationRule]):
    class Meta:
        model = ValuationRule
        fields = ("valid_from", "gains", "rate_source")


class ValuationViewSet(mixins.ListModelMixin, Filed):
    """``…/valuations/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "proposal": Permission.LEDGER_READ,
        "positions": Permission.LEDGER_READ,
        "create": Permission.LEDGER_POST,
        "undo": Permission.LEDGER_REVERSE,
    }
    takes_along = dict.fromkeys(("proposal", "positions"), Permission.LEDGER_EXPORT)
    serializer_class = ValuationOutput
    queryset = ValuationRun.unscoped.none()
    ordering = ("-date", "-pk")

    def get_queryset(self) -> QuerySet[ValuationRun]:
        return queries.runs(self.company)

    def get_serializer_class(self) -> Any:
        return ValuationBrief if self.action == "list" else ValuationOutput

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(
        request=ValuationInput, responses={201: ValuationOutput, 202: JobOutput}, parameters=[KEY]
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Value all that is held and owed in foreign currencies as of a day, and release it the day after.

        Of very many items in the background (202).
        """

        def act() -> Response:
            told = self.told(ValuationInput)
            typed = {one["currency"]: one["rate"] for one in told.get("rates", ())}
            date, by = told["date"], self.access.user
            if jobs.is_large(self.company, date):
                within = bearer_in(request)
                return accepted(jobs.begin(self.company, date, by=by, typed=typed, within=within))
            run = running.value(self.company, date=date, by=by, typed=typed)
            return self.shown(run, 201)

        return self.once(act)

    @extend_schema(request=None, responses={201: ValuationOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo a valuation as a whole; each of its entries is reversed on its own day."""

        def act() -> Response:
            return self.shown(running.undo(self.get_object(), by=self.access.user), 201)

        return self.once(act)

    @shown_or_filed(ValuationProposalOutput, parameters=[ProposalQuery])
    @action(detail=False, methods=["get"])
    def proposal(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What valuing a day would do, by account and item."""
        found = reckon(self.company, self.asked(ProposalQuery)["date"])
        rows = found.rows()
        if self.form:
            return self.filed(reports.valuation_table(
                found.date, gains=found.rule.gains, rates=found.used, subtotals=found.subtotals,
                rows=rows, left_out=found.left_out, own=self.company.currency,
            ))  # fmt: skip
        page = self.page_of(rows, by=attrgetter("account.pk", "item"))
        return self.told_beside(
            ValuationProposalOutput, page, date=found.date, gains=found.rule.gains,
            rates=found.used, missing=found.missing, subtotals=found.subtotals,
            left_out=found.left_out, replaces=found.standing and found.standing.pk,
        )  # fmt: skip

    @shown_or_filed(ValuationPositionsOutput)
    @action(detail=True, methods=["get"])
    def positions(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """What was valued, by account and item."""
        run = self.get_object()
        subtotals = queries.subtotals_of(run)
        rows = queries.rows_of(run, subtotals)
        if self.form:
            return self.filed(reports.valuation_table(
                run.date, gains=run.gains, rates=restored(run.rates), subtotals=subtotals,
                rows=rows, left_out=leaving.restored(run.left_out), own=self.company.currency,
            ))  # fmt: skip
        page = self.page_of(rows, by=attrgetter("account.pk", "item"))
        return self.told_beside(ValuationPositionsOutput, page)


class ValuationRuleViewSet(CompanyViewSet):
    """``…/valuation-rules/``"""

    permissions = {"list": Permission.LEDGER_READ, "create": Permission.CHART_CHANGE}
    serializer_class = ValuationRuleOutput
    queryset = ValuationRule.unscoped.none()
    pagination_class = None

    @extend_schema(responses=ValuationRuleOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """How foreign currencies are valued, from which day on; the latest first."""
        return Response(ValuationRuleOutput(queries.rules(self.company), many=True).data)

    @extend_schema(request=ValuationRuleInput, responses={201: ValuationRuleOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Set how foreign currencies are valued from a day on."""
        rule = running.set_rule(self.company, by=self.access.user, **self.told(ValuationRuleInput))
        return Response(ValuationRuleOutput(rule).data, status=201)


router = SimpleRouter()
router.register("valuations", ValuationViewSet, basename="valuations")
router.register("valuation-rules", ValuationRuleViewSet, basename="valuation-rules")
urls = router.urls
