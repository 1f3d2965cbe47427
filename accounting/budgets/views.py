"""Budgets: the list, a budget's sheet, one account's months, and the import."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.budgets import importing, planning, queries
from accounting.budgets.forms import BudgetForm
from accounting.budgets.models import Budget
from accounting.budgets.planning import Plan, Spread
from accounting.budgets.reports import budget_table
from accounting.ledger.lookups import units_to_choose
from accounting.ledger.models import Account, AccountGroup, CostCentre
from accounting.ledger.queries import year_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import ZERO, NotAnAmount, typed_amount
from erp.web.export import answer
from erp.web.importing import ImportPage
from erp.web.pages import CompanyView, refused, tell


class Budgets(CompanyView):
    """``/c/{company}/budgets/``: the budgets of all years, and a new one."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.BUDGET_CHANGE}
    help_page = "budgets"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = year_of(self.company, clock.today())
        return self._show(request, BudgetForm(company=self.company, initial={"fiscal_year": year}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = BudgetForm(request.POST, company=self.company)
        if form.is_valid():
            told = form.cleaned_data
            try:
                budget = planning.open_budget(
                    company=self.company, by=self.access.user, year=told.pop("fiscal_year"), **told
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("budget", self.company.pk, budget.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: BudgetForm) -> HttpResponse:
        found = Budget.of(self.company).select_related("fiscal_year")
        context = {
            "page_title": _("Budgets"),
            "budgets": found.order_by("-fiscal_year__start", "-is_chosen", "name"),
            "form": form,
        }
        return render(request, "accounting/budgets/budgets.html", context)


class OfBudget(CompanyView):
    """A page of one budget, for one cost centre or (``?cost_centre=``) for none."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.BUDGET_CHANGE}
    help_page = "budgets"

    def found(self) -> Budget:
        budgets = Budget.of(self.company).select_related("fiscal_year", "company")
        budget: Budget = get_object_or_404(budgets, pk=self.kwargs["budget"])
        return budget

    def centre(self) -> CostCentre | None:
        number = self.request.GET.get("cost_centre", "")
        if not number:
            return None
        centre: CostCentre = get_object_or_404(CostCentre.of(self.company), number=number)
        return centre

    def here(self, name: str, *more: Any) -> str:
        """A page of this budget, for the same cost centre."""
        address = reverse(name, args=[self.company.pk, self.kwargs["budget"], *more])
        centre = self.request.GET.get("cost_centre")
        return f"{address}?{urlencode({'cost_centre': centre})}" if centre else address


class BudgetPage(OfBudget):
    """``/c/{company}/budgets/{budget}/``: each account's year, to be typed down the column."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        budget = self.found()
        if form := request.GET.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, budget_table(budget), company=self.company)
        return self._show(request, budget, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        budget, act = self.found(), request.POST.get("act", "")
        try:
            if act == "delete":
                planning.delete_budget(budget, by=self.access.user)
                return redirect("budgets", self.company.pk)
            if act == "choose":
                planning.change_budget(budget, by=self.access.user, is_chosen=True)
            elif act == "rename":
                name = request.POST.get("name", "").replace("\x00", "")[:60]
                planning.change_budget(budget, by=self.access.user, name=name)
            else:
                return self._plan(request, budget)
        except DomainError as refusal:
            self.tell_all(refusal)
        return redirect(self.here("budget"))

    def _plan(self, request: HttpRequest, budget: Budget) -> HttpResponse:
        """Plan the years that were typed anew; the months of the others stay as they are."""
        centre, how = self.centre(), request.POST.get("spread", "")
        typed = {name[5:]: str(told) for name, told in request.POST.items()
                 if name.startswith("year-")}  # fmt: skip
        standing = {r.account.number: r.planned for r in self._rows(budget)}
        accounts = Account.of(self.company).filter(number__in=typed)
        changed: dict[Account, Decimal] = {}
        faults: dict[str, str] = {}
        for account in accounts:
            told = typed[account.number].strip()
            try:
                amount = typed_amount(told, field="amount") if told else ZERO
            except NotAnAmount as refusal:
                faults[account.number] = str(refusal)
                continue
            if amount != standing.get(account.number, ZERO):
                changed[account] = amount
        if not faults:
            try:
                planning.plan(
                    budget, planning.spread_by(budget, how, changed, centre), by=self.access.user
                )
            except DomainError as refusal:
                self.tell_all(refusal)
            else:
                messages.success(request, _("%s accounts are planned anew.") % len(changed))
                return redirect(self.here("budget"))
        for number, fault in faults.items():
            messages.error(request, f"{number}: {fault}")
        return refused(request, self._show(request, budget, typed))

    def _rows(self, budget: Budget) -> list[queries.SheetRow]:
        centre = self.centre()
        return queries.sheet(
            budget, language=get_language() or "de", cost_centre=centre.pk if centre else None
        )

    def _show(self, request: HttpRequest, budget: Budget, typed: dict[str, str]) -> HttpResponse:
        rows = self._rows(budget)
        names = {g.number: g.name for g in AccountGroup.of(self.company)}
        groups = [
            (names.get(number, ""),
             [(row, typed.get(row.account.number), self.here("budget-account", row.account.number))
              for row in members])
            for number, members in groupby(rows, key=lambda row: row.account.group_number)
        ]  # fmt: skip
        context = {
            "page_title": f"{_('Budget')} {budget.fiscal_year}: {budget.name}",
            "budget": budget, "groups": groups, "sums": queries.sums(rows),
            "spreads": Spread.choices, "cost_centres": units_to_choose(CostCentre, self.company),
            "centre": self.centre(), "before": queries.year_before(self.company, budget.fiscal_year),
        }  # fmt: skip
        return render(request, "accounting/budgets/budget.html", context)


class BudgetAccount(OfBudget):
    """``/c/{company}/budgets/{budget}/accounts/{number}/``: an account, month by month."""

    def _account(self) -> Account:
        account: Account = get_object_or_404(Account.of(self.company), number=self.kwargs["number"])
        return account

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self.found(), {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        budget, account = self.found(), self._account()
        months: dict[dt.date, Decimal] = {}
        typed = {f"{month:%Y-%m}": request.POST.get(f"{month:%Y-%m}", "").strip()
                 for month in queries.months_of(budget.fiscal_year)}  # fmt: skip
        try:
            for month in queries.months_of(budget.fiscal_year):
                told = typed[f"{month:%Y-%m}"]
                months[month] = typed_amount(told, field=f"{month:%m.%Y}") if told else ZERO
            planning.plan(budget, [Plan(account, self.centre(), months)], by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request, budget, typed))
        return redirect(self.here("budget"))

    def _show(self, request: HttpRequest, budget: Budget, typed: dict[str, str]) -> HttpResponse:
        account, centre = self._account(), self.centre()
        rows = queries.month_rows(budget, account, cost_centre=centre.pk if centre else None)
        context = {
            "page_title": f"{account.number} {account.name}",
            "budget": budget, "account": account, "centre": centre,
            "rows": [(row, f"{row.month:%Y-%m}", typed.get(f"{row.month:%Y-%m}")) for row in rows],
            "totals": [sum((getattr(row, name) for row in rows), ZERO)
                       for name in ("before", "so_far", "planned")],
            "before": queries.year_before(self.company, budget.fiscal_year),
            "back_url": self.here("budget"),
        }  # fmt: skip
        return render(request, "accounting/budgets/account.html", context)


class ImportBudget(ImportPage):
    """``/c/{company}/budgets/{budget}/import/``"""

    permission = Permission.BUDGET_CHANGE
    help_page = "budgets"
    template = "accounting/budgets/import.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import budget")

    @property
    def salt(self) -> str:
        return f"{super().salt}:{self.kwargs['budget']}"

    def preview(self, content: bytes) -> importing.BudgetPreview:
        return importing.preview(self._budget, content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = importing.import_budget(self._budget, content, by=self.access.user)
        return _("%s accounts are planned anew.") % len(done.plans), reverse(
            "budget", args=[self.company.pk, self._budget.pk]
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        _there = self._budget  # a 404 where there is none
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        _there = self._budget
        return super().post(request, **kwargs)

    @cached_property
    def _budget(self) -> Budget:
        budgets = Budget.of(self.company).select_related("fiscal_year", "company")
        budget: Budget = get_object_or_404(budgets, pk=self.kwargs["budget"])
        return budget
