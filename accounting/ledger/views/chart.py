"""The chart of accounts and the account sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger import charting, queries
from accounting.ledger.balances import AccountSums, account_sums
from accounting.ledger.forms import AccountForm
from accounting.ledger.lookups import units_to_choose
from accounting.ledger.models import Account, AccountGroup, CostCentre
from accounting.ledger.sheets import sheet_table
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, refused, tell


class Accounts(CompanyView):
    """``/c/{company}/ledger/accounts/``: the chart with today's balances."""

    permission = Permission.LEDGER_READ
    help_page = "accounts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today = clock.today()
        year = queries.year_of(self.company, today)
        sums: dict[int, AccountSums] = {}
        if year:
            sums = account_sums(
                self.company, year=year, until=min(max(today, year.start), year.end)
            )
        groups = {g.number: g for g in AccountGroup.of(self.company)}
        rows: list[tuple[AccountGroup | None, list[Any]]] = []
        accounts = Account.of(self.company).select_related("vat_code").order_by("number")
        for account in accounts:  # without a group it stands in that of the numbers around it
            group = groups.get(account.group_number) or (rows[-1][0] if rows else None)
            if not rows or rows[-1][0] != group:
                rows.append((group, []))
            balance = sums.get(account.pk, AccountSums()).shown(carried=account.is_balance_sheet)
            rows[-1][1].append((account, balance))
        context = {"page_title": _("Chart of accounts"), "groups": rows, "today": today}
        return render(request, "accounting/ledger/accounts.html", context)


class AccountPage(CompanyView):
    """``/c/{company}/ledger/accounts/{number}/edit/`` and ``…/accounts/add/``"""

    permission = Permission.CHART_CHANGE
    help_page = "accounts"

    def _account(self, number: str | None) -> Account:
        if number is None:
            return Account(company=self.company)
        found: Account = get_object_or_404(Account.of(self.company), number=number)
        return found

    def get(self, request: HttpRequest, number: str | None = None, **kwargs: Any) -> HttpResponse:
        account = self._account(number)
        return self._show(request, AccountForm(instance=account, company=self.company), account)

    def post(self, request: HttpRequest, number: str | None = None, **kwargs: Any) -> HttpResponse:
        account = self._account(number)
        form = AccountForm(request.POST, instance=account, company=self.company)
        if form.is_valid():
            try:
                if number is None:
                    charting.add_account(
                        company=self.company, by=self.access.user, **form.cleaned_data
                    )
                else:
                    charting.change_account(account, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Account %s is saved.") % account.number)
                return redirect("accounts", self.company.pk)
        return refused(request, self._show(request, form, account))

    def _show(self, request: HttpRequest, form: AccountForm, account: Account) -> HttpResponse:
        title = _("Account %s") % account.number if account.pk else _("Open an account")
        context = {"page_title": title, "form": form, "history_of": account,
                   "back_url": reverse("accounts", args=[self.company.pk])}  # fmt: skip
        return render(request, "erp/components/form_page.html", context)


class AccountSheet(CompanyView):
    """``/c/{company}/ledger/accounts/{number}/``: a span of days with the balance running."""

    permission = Permission.LEDGER_READ
    help_page = "account-sheet"

    def get(self, request: HttpRequest, number: str, **kwargs: Any) -> HttpResponse:
        account = get_object_or_404(Account.of(self.company), number=number)
        start, end = self._span(request)
        asked = request.GET.get("cost_centre", "")
        centre = get_object_or_404(CostCentre.of(self.company), number=asked) if asked else None
        sheet = queries.account_sheet(
            self.company, account, start=start, end=end, cost_centre=centre.pk if centre else None
        )
        form = request.GET.get("format", "")
        if form:
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, sheet_table(sheet, centre), company=self.company)
        numbers = list(Account.of(self.company).order_by("number").values_list("number", flat=True))
        at = numbers.index(account.number)
        context = {
            "page_title": f"{account.number} {account.name}",
            "sheet": sheet,
            "centre": centre,
            "cost_centres": units_to_choose(CostCentre, self.company),
            "previous": numbers[at - 1] if at else None,
            "next": numbers[at + 1] if at + 1 < len(numbers) else None,
        }
        return render(request, "accounting/ledger/account_sheet.html", context)

    def _span(self, request: HttpRequest) -> tuple[dt.date, dt.date]:
        today = clock.today()
        year = queries.year_of(self.company, today)
        first, last = (year.start, year.end) if year else (today.replace(month=1, day=1), today)
        start = read_day(request.GET.get("from")) or first
        end = read_day(request.GET.get("until"))
        if end is None:
            chosen = queries.year_of(self.company, start)
            end = chosen.end if chosen and chosen.contains(start) else last
        return start, end
