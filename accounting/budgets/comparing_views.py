"""The page that compares a budget with the books, and with other budgets of its year."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.budgets import planning
from accounting.budgets.charts import budget_chart
from accounting.budgets.comparing import MOST_OTHERS, Comparison, Measure, comparison
from accounting.budgets.models import Budget
from accounting.budgets.queries import budgets_of
from accounting.budgets.reports import comparison_table
from accounting.budgets.views import OfBudget
from accounting.ledger.models import Account, CostCentre
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import typed_amount
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import id_of, refused

KINDS: Final = ("two", "three", "one")  # how the lines of other budgets look


class BudgetComparison(OfBudget):
    """``/c/{company}/budgets/{budget}/comparison/?until=…&show=…&others=…&cost_centre=…``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        budget = self.found()
        found = self._compared(budget)
        if form := request.GET.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, comparison_table(found), company=self.company)
        return self._show(request, found)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say by how much the budget may be departed from without a warning."""
        budget = self.found()
        try:
            percent = typed_amount(request.POST.get("warn_percent", ""), field="warn_percent")
            planning.change_budget(budget, by=self.access.user, warn_percent=percent)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, self._compared(self.found())))
        messages.success(request, _("The settings are saved."))
        return redirect(request.get_full_path())

    def _compared(self, budget: Budget) -> Comparison:
        shown, account = self._shown()
        return comparison(
            budget, until=self._until(budget), language=get_language() or "de",
            others=self._others(budget), cost_centre=self.centre(), measure=shown, account=account,
        )  # fmt: skip

    def _shown(self) -> tuple[str, Account | None]:
        """What the months tell: a measure, or an account by its number."""
        told = self.request.GET.get("show") or Measure.RESULT.value
        if told in Measure.values:
            return told, None
        return Measure.RESULT.value, get_object_or_404(Account.of(self.company), number=told[:10])

    def _until(self, budget: Budget) -> dt.date:
        year = budget.fiscal_year
        day = read_day(self.request.GET.get("until")) or clock.today()
        return min(max(day, year.start), year.end)

    def _others(self, budget: Budget) -> list[Budget]:
        wanted = [id_of(text) for text in self.request.GET.getlist("others")]
        rows = budgets_of(self.company, budget.fiscal_year)
        return [one for one in rows if one.pk in wanted and one != budget][:MOST_OTHERS]

    def _show(self, request: HttpRequest, found: Comparison) -> HttpResponse:
        shown, account = self._shown()
        budget, chart = found.budget, budget_chart(found)
        context = {
            "page_title": f"{_('Budget')} {budget.fiscal_year}: {budget.name}", "found": found,
            "budget": budget, "chart": chart, "measures": Measure.choices,
            "shown": account.number if account else shown,
            "shown_label": str(account) if account else str(Measure(shown).label),
            "account": account, "centre": self.centre(),
            "cost_centres": CostCentre.of(self.company).order_by("number"),
            "offered": [one for one in budgets_of(self.company, budget.fiscal_year) if one != budget],
            "lines": list(zip(KINDS, found.others, strict=False)),
            "curves": list(zip(KINDS, chart["others"], strict=False)),
            "sums": [(Measure(name).label, one) for name, one in found.sums.items()],
        }  # fmt: skip
        return render(request, "accounting/budgets/comparison.html", context)
