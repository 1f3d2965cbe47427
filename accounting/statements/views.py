"""The statements' pages, and the same figures as PDF, XLSX and CSV."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.budgets.models import Budget
from accounting.budgets.queries import budgets_of
from accounting.ledger.lookups import units_to_choose
from accounting.ledger.models import CostCentre, FiscalYear
from accounting.ledger.queries import year_of
from accounting.statements import statements
from accounting.statements.reports import heads, statement_table, trial_table
from accounting.statements.trial_balance import trial_balance
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.pages import CompanyView, id_of


class Report(CompanyView):
    """A report as of a day: ``?until=2026-12-31``, with ``format=pdf|xlsx|csv`` as a file."""

    permission = Permission.LEDGER_READ

    def until(self) -> dt.date:
        """The day asked for, brought into a fiscal year; by default today."""
        day = read_day(self.request.GET.get("until")) or clock.today()
        year = year_of(self.company, day)
        return min(max(day, year.start), year.end) if year else day

    def centre(self) -> int | None:
        number = self.request.GET.get("cost_centre", "")
        if not number:
            return None
        found: CostCentre = get_object_or_404(CostCentre.of(self.company), number=number)
        return found.pk

    def budgets(self) -> list[Budget]:
        """The budgets of the year that is looked at."""
        year = year_of(self.company, self.until())
        return budgets_of(self.company, year) if year else []

    def columns(self, *, balances: bool = False) -> list[statements.Column]:
        """The report's columns: ``?budget=`` names one by its id, or says ``none``."""
        until = self.until()
        budget = self.budget(year_of(self.company, until), balances=balances)
        return statements.columns(self.company, until=until, budget=budget)

    def budget(self, year: FiscalYear | None, *, balances: bool = False) -> Budget | None:
        """The budget that is asked for, or the year's own."""
        asked = self.request.GET.get("budget", "")
        if asked and asked != "none":
            found: Budget = get_object_or_404(Budget.of(self.company), pk=id_of(asked))
            return found
        if asked or year is None:
            return None
        return statements.budget_for(self.company, year=year, balances=balances)

    def of_centre(self) -> str:
        """What a filtered report adds to its subtitle."""
        centre = CostCentre.of(self.company).filter(pk=self.centre() or 0).first()
        return f" · {centre}" if centre else ""

    def base(self) -> dict[str, Any]:
        return {
            "until": self.until(),
            "years": FiscalYear.of(self.company).order_by("-start"),
            "cost_centres": units_to_choose(CostCentre, self.company),
            "budgets": self.budgets(),
        }

    def linked(
        self, found: statements.Statement
    ) -> list[tuple[statements.StatementRow, list[tuple[Decimal | None, str, bool]]]]:
        """Each figure with the page that shows what it is made of, in its own column's year, and
        whether a phone can do without it."""
        return [
            (row, [(figure, self._below(row, col), spare) for figure, col, spare in
                   zip_longest(row.figures, found.columns, self.spare(found))])
            for row in found.rows
        ]  # fmt: skip

    def spare(self, found: statements.Statement) -> list[bool]:
        """Which columns a phone does without: beside a budget, all but it and the first."""
        if not found.budget:
            return [False] * len(found.columns)
        return [*(bool(nth and not col.budget) for nth, col in enumerate(found.columns)), True]

    def _below(self, row: statements.StatementRow, col: statements.Column | None) -> str:
        if col is None:
            return ""
        if col.budget:
            return self._plan(row, col.budget)
        told = {"from": col.year.start.isoformat(), "until": col.until.isoformat()}
        if row.account:
            if centre := self.request.GET.get("cost_centre"):
                told["cost_centre"] = centre
            page = reverse("account-sheet", args=[self.company.pk, row.account])
        elif row.computed == statements.RESULT:
            page = reverse("income-statement", args=[self.company.pk])
        elif row.computed == statements.CARRIED:
            told["until"] = (col.year.start - dt.timedelta(days=1)).isoformat()
            page = reverse("income-statement", args=[self.company.pk])
        else:
            return ""
        return f"{page}?{urlencode(told)}"

    def _plan(self, row: statements.StatementRow, budget: Budget) -> str:
        if not row.account:
            return ""
        page = reverse("budget-account", args=[self.company.pk, budget.pk, row.account])
        centre = self.request.GET.get("cost_centre")
        return f"{page}?{urlencode({'cost_centre': centre})}" if centre else page

    def no_year(self) -> HttpResponse:
        return redirect("fiscal-years", self.company.pk)

    def file(self, content: Table) -> HttpResponse | None:
        form = self.request.GET.get("format", "")
        if not form:
            return None
        self.require(Permission.LEDGER_EXPORT)
        return answer(form, content, company=self.company)


class BalanceSheet(Report):
    """``/c/{company}/reports/balance-sheet/``"""

    help_page = "balance-sheet"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        cols = self.columns(balances=True)
        if not cols:
            return self.no_year()
        found = statements.balance_sheet(self.company, cols, language=get_language() or "de")
        return self.file(statement_table(found, "balance-sheet")) or render(
            request,
            "accounting/statements/statement.html",
            {**self.base(), "page_title": found.title, "statement": found,
             "rows": self.linked(found), "heads": zip(heads(found), self.spare(found), strict=True)},
        )  # fmt: skip


class IncomeStatement(Report):
    """``/c/{company}/reports/income-statement/``"""

    help_page = "income-statement"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        cols = self.columns()
        if not cols:
            return self.no_year()
        found = statements.income_statement(
            self.company, cols, language=get_language() or "de", cost_centre=self.centre()
        )
        return self.file(statement_table(found, "income-statement", self.of_centre())) or render(
            request,
            "accounting/statements/statement.html",
            {**self.base(), "page_title": found.title, "statement": found, "by_centre": True,
             "rows": self.linked(found), "heads": zip(heads(found), self.spare(found), strict=True)},
        )  # fmt: skip


class TrialBalancePage(Report):
    """``/c/{company}/reports/trial-balance/``"""

    help_page = "trial-balance"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        until = self.until()
        year = year_of(self.company, until)
        if year is None:
            return self.no_year()
        found = trial_balance(self.company, year=year, until=until, cost_centre=self.centre())
        return self.file(trial_table(found, self.of_centre())) or render(
            request,
            "accounting/statements/trial_balance.html",
            {**self.base(), "page_title": _("Trial balance"), "trial": found, "by_centre": True},
        )
