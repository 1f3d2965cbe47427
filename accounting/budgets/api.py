"""``…/budgets/``: budgets, their amounts, and amounts from a file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.budgets import importing, planning, queries
from accounting.budgets.comparing import Measure, comparison
from accounting.budgets.models import Budget
from accounting.budgets.planning import Plan, Spread
from accounting.budgets.reports import budget_table, comparison_table
from accounting.budgets.shapes import (
    AmountsOutput,
    BudgetChange,
    BudgetComparisonOutput,
    BudgetImportOutput,
    BudgetInput,
    BudgetMonthOutput,
    BudgetOutput,
    BudgetSheetOutput,
    CentreQuery,
    ComparisonQuery,
    PlansInput,
)
from accounting.ledger.models import Account, CostCentre
from erp.access.permissions import Permission
from erp.api.imports import KEY_UNLESS_DRY, DryRunQuery, FileImports, ImportInput
from erp.api.reports import Filed, shown_or_filed
from erp.core import clock
from erp.core.money import ZERO


class BudgetViewSet(mixins.ListModelMixin, Filed):
    """``…/budgets/``"""

    permissions = {
        "list": Permission.LEDGER_READ,
        "retrieve": Permission.LEDGER_READ,
        "amounts": Permission.LEDGER_READ,
        "sheet": Permission.LEDGER_READ,
        "account": Permission.LEDGER_READ,
        "comparison": Permission.LEDGER_READ,
        "create": Permission.BUDGET_CHANGE,
        "partial_update": Permission.BUDGET_CHANGE,
        "destroy": Permission.BUDGET_CHANGE,
        "plan": Permission.BUDGET_CHANGE,
    }
    takes_along = {"amounts": Permission.LEDGER_EXPORT, "comparison": Permission.LEDGER_EXPORT}
    serializer_class = BudgetOutput
    queryset = Budget.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[Budget]:
        budgets = Budget.of(self.company).select_related("fiscal_year", "company")
        return budgets.order_by("fiscal_year__start", "name")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=BudgetInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(BudgetInput)
        told["year"] = told.pop("fiscal_year")
        budget = planning.open_budget(company=self.company, by=self.access.user, **told)
        return self.shown(budget, 201)

    @extend_schema(request=BudgetChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Rename a budget, or choose it for the reports."""
        budget, told = self.changing(), self.told(BudgetChange, partial=True)
        return self.shown(planning.change_budget(budget, by=self.access.user, **told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a budget with its amounts."""
        planning.delete_budget(self.changing(), by=self.access.user)
        return Response(status=204)

    @shown_or_filed(AmountsOutput)
    def amounts(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """What is planned, by account, cost centre and month; a file can be imported again."""
        if self.form:
            return self.filed(budget_table(self.get_object()))
        return Response(self._amounts(self.get_object()))

    @extend_schema(parameters=[CentreQuery], responses=BudgetSheetOutput)
    @action(detail=True, methods=["get"])
    def sheet(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The year by account: the plan beside the year before and what was booked so far."""
        budget, centre = self.get_object(), self._centre()
        rows = queries.sheet(budget, language=get_language() or "de", cost_centre=centre)
        told = {"budget": budget, "before": queries.year_before(self.company, budget.fiscal_year),
                "rows": rows, "sums": queries.sums(rows)}  # fmt: skip
        return Response(BudgetSheetOutput(told).data)

    @extend_schema(parameters=[CentreQuery], responses=BudgetMonthOutput(many=True))
    @action(detail=True, methods=["get"], url_path="accounts/(?P<number>[0-9]{1,10})")
    def account(self, request: Request, pk: str, number: str, **kwargs: Any) -> Response:
        """An account month by month: the plan beside the year before and what was booked so far."""
        budget = self.get_object()
        account = get_object_or_404(Account.of(self.company), number=number)
        rows = queries.month_rows(budget, account, cost_centre=self._centre())
        return Response(BudgetMonthOutput(rows, many=True).data)

    @shown_or_filed(BudgetComparisonOutput, parameters=[ComparisonQuery])
    @action(detail=True, methods=["get"])
    def comparison(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """The budget beside the books and other budgets, by account and by month, with warnings."""
        budget, told = self.get_object(), self.asked(ComparisonQuery)
        year, others = budget.fiscal_year, told.get("others", [])
        if any(one.fiscal_year_id != year.pk or one == budget for one in others):
            raise serializers.ValidationError(
                {"others": [_("Name other budgets of the same fiscal year.")]}
            )
        found = comparison(
            budget, until=min(max(told.get("until") or clock.today(), year.start), year.end),
            language=get_language() or "de", others=others, cost_centre=told.get("cost_centre"),
            measure=told.get("show", Measure.RESULT), account=told.get("account"),
            percent=told.get("percent"),
        )  # fmt: skip
        if self.form:
            return self.filed(comparison_table(found))
        return Response(BudgetComparisonOutput(found).data)

    def _centre(self) -> int | None:
        centre = self.asked(CentreQuery).get("cost_centre")
        return centre.pk if centre else None

    @extend_schema(request=PlansInput, responses=AmountsOutput)
    def plan(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Plan accounts anew; what is not named stays. ``If-Match`` is the budget's ETag."""
        budget, told = self.changing(), self.told(PlansInput)
        plans: list[Plan] = []
        for one in told["plans"]:
            account, centre = one["account"], one.get("cost_centre")
            if "months" in one:
                plans.append(Plan(account, centre, one["months"]))
            else:
                how = one.get("spread", Spread.EVENLY)
                plans += planning.spread_by(budget, how, {account: one["amount"]}, centre)
        return Response(self._amounts(planning.plan(budget, plans, by=self.access.user)))

    def _amounts(self, budget: Budget) -> Any:
        accounts = dict(Account.of(self.company).values_list("pk", "number"))
        centres = dict(CostCentre.of(self.company).values_list("pk", "number"))
        planned = [
            {"account": accounts[account], "cost_centre": centres.get(centre or 0),
             "amount": sum(months.values(), ZERO),
             "months": [{"month": month, "amount": amount} for month, amount in months.items()]}
            for (account, centre), months in queries.amounts(budget).items()
        ]  # fmt: skip
        planned.sort(key=lambda one: (one["account"], one["cost_centre"] or ""))
        return AmountsOutput({"budget": budget, "planned": planned}).data


class BudgetImportViewSet(FileImports):
    """``…/budgets/{id}/imports/``"""

    permissions = {"create": Permission.BUDGET_CHANGE}
    serializer_class = BudgetImportOutput
    queryset = Budget.unscoped.none()
    budget: Budget

    def get_queryset(self) -> QuerySet[Budget]:
        return Budget.of(self.company).select_related("fiscal_year", "company")

    @extend_schema(
        request={"multipart/form-data": ImportInput},
        responses={200: BudgetImportOutput, 201: BudgetImportOutput},
        parameters=[KEY_UNLESS_DRY, DryRunQuery],
    )
    def create(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Plan every row of a CSV or XLSX file, or none; with ``dry_run`` only look at it."""
        self.budget = self.get_object()
        return self.take()

    def preview(self, content: bytes, told: dict[str, Any]) -> importing.BudgetPreview:
        return importing.preview(self.budget, content)

    def perform(self, content: bytes, told: dict[str, Any]) -> importing.BudgetPreview:
        return importing.import_budget(self.budget, content, by=self.access.user)

    def as_told(self, found: importing.BudgetPreview) -> dict[str, Any]:
        return {"rows": len(found.plans), "total": found.total}


router = SimpleRouter()
router.register("budgets", BudgetViewSet, basename="budgets")
urls = [
    path("budgets/<int:pk>/amounts/", BudgetViewSet.as_view({"get": "amounts", "put": "plan"}),
         name="budget-amounts"),
    path("budgets/<int:pk>/imports/", BudgetImportViewSet.as_view({"post": "create"}),
         name="budget-imports"),
    *router.urls,
]  # fmt: skip
