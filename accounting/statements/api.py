"""``/api/v1/companies/{company}/reports/…``: the statements as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.budgets.models import Budget
from accounting.ledger.api.units import UnitLineOutput
from accounting.ledger.errors import NoOpenYear
from accounting.ledger.models import CostCentre, CostObject, FiscalYear
from accounting.ledger.queries import year_of
from accounting.statements import statements
from accounting.statements.costs import MOST_LINES, By, cost_report, cost_table, object_lines
from accounting.statements.reports import statement_table, trial_table
from accounting.statements.trial_balance import trial_balance
from erp.access.permissions import Permission
from erp.api.inputs import AmountField, DayField
from erp.api.reports import Filed, shown_or_filed
from erp.companies.models import Module
from erp.core import clock


class TrialBalanceRowOutput(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField()
    opening = AmountField()
    debit = AmountField()
    credit = AmountField()
    closing = AmountField()
    currency = serializers.CharField(help_text="That the account is kept in, where it is another")
    foreign = AmountField(allow_null=True, help_text="The closing balance in that currency")


class TrialBalanceOutput(serializers.Serializer[Any]):
    """Balances are debit positive and add up to zero."""

    fiscal_year = serializers.CharField(source="year.name")
    until = serializers.DateField()
    rows = TrialBalanceRowOutput(many=True)
    debit = AmountField()
    credit = AmountField()


class ReportRowOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    account = serializers.CharField()
    figures = serializers.ListField(child=AmountField(allow_null=True))


class ReportOutput(serializers.Serializer[Any]):
    """Figures are positive on the position's own side; one per day in ``days``.

    With a ``budget`` the last two are what it plans, and how far the first departs from that.
    """

    title = serializers.CharField()
    days = serializers.ListField(child=serializers.DateField())
    budget = serializers.CharField(source="budget.name", default=None, allow_null=True)
    rows = ReportRowOutput(many=True)
    result = serializers.ListField(child=AmountField())


class ReportQuery(serializers.Serializer[Any]):
    """What a report may be asked for; the budget is that which the year's reports show."""

    until = DayField(required=False, help_text="Day, ISO; today where it is left out")
    cost_centre = serializers.CharField(
        max_length=10, required=False, help_text="Number; only what was posted to it"
    )
    budget = serializers.CharField(
        max_length=19, required=False, help_text="Id of a budget of the year, or none"
    )

    def validate_cost_centre(self, number: str) -> CostCentre:
        found = CostCentre.of(self.context["company"]).filter(number=number).first()
        if found is None:
            raise serializers.ValidationError(_("There is no cost centre with this number."))
        return found

    def validate_budget(self, told: str) -> Budget | None:
        budgets = Budget.of(self.context["company"])
        wanted = told.isascii() and told.isdigit() and int(told) < 2**63
        found = budgets.filter(pk=told).first() if wanted else None
        if found is None and told != "none":
            raise serializers.ValidationError(_("There is no such budget."))
        return found


class BalanceSheetQuery(ReportQuery):
    """The balance sheet is of the whole company."""

    cost_centre = None  # type: ignore[assignment]


class TrialBalanceQuery(ReportQuery):
    """A trial balance shows what was posted."""

    budget = None  # type: ignore[assignment]


class CostRowOutput(serializers.Serializer[Any]):
    """Profit is positive; ``number`` is blank for what has no cost centre or object."""

    number = serializers.CharField()
    name = serializers.CharField()
    income = AmountField(source="sums.income")
    costs = AmountField(source="sums.costs")
    result = AmountField()
    planned = AmountField(allow_null=True)
    difference = AmountField(allow_null=True)


class CostReportOutput(serializers.Serializer[Any]):
    """The total is the result of the whole company; budgets plan no cost objects."""

    by = serializers.CharField()
    fiscal_year = serializers.CharField(source="year.name")
    until = serializers.DateField()
    budget = serializers.CharField(source="budget.name", default=None, allow_null=True)
    rows = CostRowOutput(many=True)
    total = CostRowOutput()


class CostReportQuery(ReportQuery):
    """By cost centre where nothing is said."""

    cost_centre = None  # type: ignore[assignment]
    by = serializers.ChoiceField(choices=[one.value for one in By], required=False)


class CostObjectQuery(serializers.Serializer[Any]):
    until = DayField(required=False, help_text="Day, ISO; today where it is left out")


class CostObjectReportOutput(serializers.Serializer[Any]):
    """A year until a day; ``lines`` are the newest, and ``more`` says that there are older ones."""

    number = serializers.CharField()
    name = serializers.CharField()
    income = AmountField()
    costs = AmountField()
    result = AmountField()
    lines = UnitLineOutput(many=True)
    more = serializers.BooleanField()


class ReportViewSet(Filed):
    """``/api/v1/companies/{company}/reports/``"""

    permissions = dict.fromkeys(
        ("trial_balance", "balance_sheet", "income_statement", "costs", "cost_object"),
        Permission.LEDGER_READ,
    )
    modules = dict.fromkeys(("costs", "cost_object"), Module.COST_ACCOUNTING)
    takes_along = dict.fromkeys(permissions, Permission.LEDGER_EXPORT)
    pagination_class = None
    serializer_class = TrialBalanceOutput

    @shown_or_filed(TrialBalanceOutput, parameters=[TrialBalanceQuery])
    def trial_balance(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """What each account opened with, its turnover, and how it stands."""
        told = self.asked(TrialBalanceQuery)
        day = told.get("until") or clock.today()
        year = self._year(day)
        found = trial_balance(self.company, year=year, until=day, cost_centre=self._centre(told))
        if self.form:
            return self.filed(trial_table(found, self._of_centre(told)))
        return Response(TrialBalanceOutput(found).data)

    @shown_or_filed(ReportOutput, parameters=[BalanceSheetQuery])
    def balance_sheet(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Assets and liabilities on a day, beside the year before."""
        cols = self._columns(self.asked(BalanceSheetQuery), balances=True)
        found = statements.balance_sheet(self.company, cols, language=get_language() or "de")
        if self.form:
            return self.filed(statement_table(found, "balance-sheet"))
        return Response(ReportOutput(found).data)

    @shown_or_filed(ReportOutput, parameters=[ReportQuery])
    def income_statement(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Income and expense of the year until a day, beside the year before."""
        told = self.asked(ReportQuery)
        found = statements.income_statement(
            self.company, self._columns(told), language=get_language() or "de",
            cost_centre=self._centre(told),
        )  # fmt: skip
        if self.form:
            return self.filed(statement_table(found, "income-statement", self._of_centre(told)))
        return Response(ReportOutput(found).data)

    @shown_or_filed(CostReportOutput, parameters=[CostReportQuery])
    def costs(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Income, costs and result of the year until a day, by cost centre or cost object."""
        told = self.asked(CostReportQuery)
        day = told.get("until") or clock.today()
        year = self._year(day)
        found = cost_report(
            self.company, by=By(told.get("by", By.CENTRE)), year=year, until=day,
            budget=self._budget(told, year),
        )  # fmt: skip
        if self.form:
            return self.filed(cost_table(found))
        return Response(CostReportOutput(found).data)

    @extend_schema(parameters=[CostObjectQuery], responses=CostObjectReportOutput)
    def cost_object(self, request: Request, number: str, **kwargs: Any) -> Response:
        """What a cost object brought and cost in the year until a day, and its entry lines."""
        day = self.asked(CostObjectQuery).get("until") or clock.today()
        unit = get_object_or_404(CostObject.of(self.company), number=number)
        sums, lines = object_lines(self.company, unit, year=self._year(day), until=day)
        return Response(CostObjectReportOutput({
            "number": unit.number, "name": unit.name, "income": sums.income, "costs": sums.costs,
            "result": sums.result, "lines": lines[:MOST_LINES], "more": len(lines) > MOST_LINES,
        }).data)  # fmt: skip

    def _year(self, day: dt.date) -> FiscalYear:
        year = year_of(self.company, day)
        if year is None or not year.contains(day):
            raise NoOpenYear(date=day)
        return year

    def _centre(self, told: dict[str, Any]) -> int | None:
        return told["cost_centre"].pk if "cost_centre" in told else None

    def _of_centre(self, told: dict[str, Any]) -> str:
        """What a filtered report adds to its subtitle."""
        return f" · {told['cost_centre']}" if "cost_centre" in told else ""

    def _columns(self, told: dict[str, Any], *, balances: bool = False) -> list[statements.Column]:
        day = told.get("until") or clock.today()
        year = self._year(day)
        budget = self._budget(told, year, balances=balances)
        return statements.columns(self.company, until=day, budget=budget)

    def _budget(
        self, told: dict[str, Any], year: FiscalYear, *, balances: bool = False
    ) -> Budget | None:
        """The budget that is told, or the year's own."""
        if "budget" in told:
            chosen: Budget | None = told["budget"]
            return chosen
        return statements.budget_for(self.company, year=year, balances=balances)


urls = [
    path(f"reports/{name.replace('_', '-')}/", ReportViewSet.as_view({"get": name}),
         name=f"api-{name.replace('_', '-')}")
    for name in ("trial_balance", "balance_sheet", "income_statement", "costs")
]  # fmt: skip
urls.append(path("reports/costs/objects/<str:number>/", ReportViewSet.as_view({"get": "cost_object"}),
                 name="api-cost-object-report"))  # fmt: skip
