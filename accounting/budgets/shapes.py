"""What endpoints of budgets take and tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounting.budgets import planning
from accounting.budgets.comparing import MOST_OTHERS, Measure
from accounting.budgets.models import Budget
from accounting.budgets.planning import Source, Spread
from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre, FiscalYear
from erp.api.inputs import AmountField, DayField, Input, MonthField, missing
from erp.core.money import ZERO

MOST_PLANS = 1000


IDS = rf"^[0-9]{{1,18}}(,[0-9]{{1,18}}){{0,{MOST_OTHERS - 1}}}\Z"


class BudgetOutput(serializers.ModelSerializer[Budget]):
    fiscal_year = serializers.CharField(source="fiscal_year.name")

    class Meta:
        model = Budget
        fields = ("id", "fiscal_year", "name", "is_chosen", "warn_percent", "changed_at")


class BudgetInput(Input):
    """``source`` is what it starts from: nothing, the year before, or the budget ``other``."""

    fiscal_year = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=60)
    source = serializers.ChoiceField(choices=Source.choices, default=Source.NOTHING)  # type: ignore[assignment]
    other = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    percent = AmountField(default=ZERO)
    step = serializers.ChoiceField(choices=("0.01", "1.00", "10.00", "100.00", "1000.00"),
                                   default="0.01")  # fmt: skip

    def validate_percent(self, percent: Decimal) -> Decimal:
        if not -100 <= percent <= 1000:
            raise serializers.ValidationError(_("Send a percentage from -100 to 1000."))
        return percent

    def validate_step(self, step: str) -> Decimal:
        return Decimal(step)

    def validate_fiscal_year(self, name: str) -> FiscalYear:
        found = FiscalYear.of(self.context["company"]).filter(name=name).first()
        if found is None:
            raise serializers.ValidationError(_("There is no fiscal year of this name."))
        return found

    def validate_other(self, pk: int) -> Budget:
        found = Budget.of(self.context["company"]).select_related("fiscal_year").filter(pk=pk)
        if (budget := found.first()) is None:
            raise serializers.ValidationError(_("There is no such budget."))
        return budget

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if (told["source"] == Source.BUDGET) != ("other" in told):
            raise serializers.ValidationError(
                {"other": [_("Name the other budget where source is budget, and only there.")]}
            )
        return told


class BudgetChange(Input):
    name = serializers.CharField(max_length=60, required=False)
    is_chosen = serializers.BooleanField(required=False)
    warn_percent = AmountField(required=False)


class MonthAmount(Input):
    month = MonthField()
    amount = AmountField()


class PlanInput(Input):
    """Either ``months``, or the ``amount`` of the year, which falls on the months by ``spread``."""

    account = NumberedField(Account, max_length=10)
    cost_centre = NumberedField(CostCentre, max_length=10, required=False, allow_blank=True)
    months = MonthAmount(many=True, required=False)
    amount = AmountField(required=False)
    spread = serializers.ChoiceField(choices=Spread.choices, required=False)

    def validate_months(self, rows: list[dict[str, Any]]) -> dict[dt.date, Decimal]:
        months = {row["month"]: row["amount"] for row in rows}
        if len(months) != len(rows):
            raise serializers.ValidationError(_("Name each month once."))
        return months

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if ("months" in told) == ("amount" in told):
            raise serializers.ValidationError(_("Send either months or the year’s amount."))
        return told


class PlansInput(Input):
    plans = serializers.ListField(child=PlanInput(), allow_empty=False, max_length=MOST_PLANS)


class MonthAmountOutput(serializers.Serializer[Any]):
    month = MonthField()
    amount = AmountField()


class PlannedOutput(serializers.Serializer[Any]):
    """Amounts are positive on the account's own side; months with nothing are left out."""

    account = serializers.CharField()
    cost_centre = serializers.CharField(allow_null=True)
    amount = AmountField()
    months = MonthAmountOutput(many=True)


class AmountsOutput(serializers.Serializer[Any]):
    budget = BudgetOutput()
    planned = PlannedOutput(many=True)


class CentreQuery(serializers.Serializer[Any]):
    cost_centre = NumberedField(
        CostCentre, max_length=10, required=False, help_text="Whose plan; that of none without"
    )


class BudgetSheetRowOutput(serializers.Serializer[Any]):
    """An account; amounts are positive on its own side. ``in_all`` is the plan of all cost centres."""

    account = serializers.CharField(source="account.number")
    name = serializers.CharField(source="account.name")
    planned = AmountField()
    in_all = AmountField()
    before = AmountField()
    so_far = AmountField()
    change = serializers.CharField(help_text="From the year before to the plan, in percent")


class BudgetSumsOutput(serializers.Serializer[Any]):
    """Income, expense and result: planned, before, so far, in all."""

    income = serializers.ListField(child=AmountField())
    expense = serializers.ListField(child=AmountField())
    result = serializers.ListField(child=AmountField())


class BudgetSheetOutput(serializers.Serializer[Any]):
    budget = BudgetOutput()
    before = serializers.CharField(
        source="before.name", default=None, allow_null=True, help_text="Name of the year before"
    )
    rows = BudgetSheetRowOutput(many=True)
    sums = BudgetSumsOutput()


class BudgetMonthOutput(serializers.Serializer[Any]):
    month = MonthField()
    planned = AmountField()
    before = AmountField()
    so_far = AmountField()


class ComparisonQuery(serializers.Serializer[Any]):
    """``others`` are ids of further budgets of the same year, between commas."""

    until = DayField(required=False, help_text="A day of the year; today, or the nearest, without")
    show = serializers.ChoiceField(choices=Measure.choices, required=False)
    account = NumberedField(Account, max_length=10, required=False, help_text="In place of show")
    cost_centre = NumberedField(CostCentre, max_length=10, required=False)
    others = serializers.RegexField(
        IDS, max_length=80, required=False,
        error_messages={"invalid": _("Send at most %s ids between commas.") % MOST_OTHERS},
    )  # fmt: skip
    percent = AmountField(required=False, help_text="In place of the budget's own warn_percent")

    def validate_percent(self, percent: Decimal) -> Decimal:
        if not 0 <= percent <= planning.MOST_PERCENT:
            raise serializers.ValidationError(_("Send a percentage from 0 to 1000."))
        return percent

    def validate_others(self, told: str) -> list[Budget]:
        ids = {int(one) for one in told.split(",")}
        rows = Budget.of(self.context["company"]).select_related("fiscal_year", "company")
        found = rows.in_bulk(list(ids))
        if len(found) != len(ids):
            raise missing("others")
        return list(found.values())


class BudgetComparedOutput(serializers.Serializer[Any]):
    """Planned beside booked; ``others`` are what the other budgets plan, in their order."""

    planned = AmountField()
    booked = AmountField()
    difference = AmountField()
    percent = AmountField(allow_null=True, help_text="The difference in percent of the plan")
    others = serializers.ListField(child=AmountField())
    warns = serializers.BooleanField(help_text="Worse than planned by more than is allowed")


class BudgetComparedAccountOutput(BudgetComparedOutput):
    account = serializers.CharField(source="account.number")
    name = serializers.CharField(source="account.name")


class BudgetComparedMonthOutput(BudgetComparedOutput):
    month = MonthField()


class BudgetComparedSumsOutput(serializers.Serializer[Any]):
    income = BudgetComparedOutput()
    expense = BudgetComparedOutput()
    result = BudgetComparedOutput()


class BudgetComparisonOutput(serializers.Serializer[Any]):
    """Accounts and sums are as of ``until``, months are those of the whole year."""

    budget = BudgetOutput()
    others = BudgetOutput(many=True)
    until = DayField()
    percent = AmountField()
    rows = BudgetComparedAccountOutput(many=True)
    sums = BudgetComparedSumsOutput()
    months = BudgetComparedMonthOutput(many=True)


class BudgetImportOutput(serializers.Serializer[Any]):
    """``total`` is the planned result of the file's rows: income less expense."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    total = AmountField()
