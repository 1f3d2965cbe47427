"""The state of a bank account as a page, and as PDF, XLSX and CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accounting.banking.models import BankAccount
from accounting.banking.reconciling.state import AccountState, state_of, statements_of
from erp.access.permissions import Permission
from erp.core.display import swiss_date
from erp.web.dates import read_day
from erp.web.export import Table, answer, table
from erp.web.pages import CompanyView

MOST_DAYS = 60  # days of statements that the page offers; an address may name any


class StatePage(CompanyView):
    """``/c/{company}/banking/accounts/{bank}/state/?on=2026-03-31``, with ``format=`` as a file."""

    permission = Permission.BANKING_READ
    help_page = "reconciliation"

    def get(self, request: HttpRequest, bank: int, **kwargs: Any) -> HttpResponse:
        rows = BankAccount.of(self.company).select_related("account", "company")
        found: BankAccount = get_object_or_404(rows, pk=bank)
        known = statements_of(found)
        state = state_of(found, on=read_day(request.GET.get("on")), statements=known)
        if form := request.GET.get("format", ""):
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, state_table(state), company=self.company)
        days = dict.fromkeys(one.to_date for one in reversed(known))
        context = {
            "page_title": _("State of the account"), "state": state, "bank": found,
            "days": list(days)[:MOST_DAYS],
        }  # fmt: skip
        return render(request, "accounting/banking/state.html", context)


def state_table(state: AccountState) -> Table:
    """Ledger, each difference, and the bank's closing balance."""
    lines: list[list[Any]] = [[None, _("Balance of the ledger"), None, state.ledger]]
    kinds = {0: "total"}
    for group in state.groups:
        kinds[len(lines)] = "group"
        lines.append([None, str(group.kind.label), None, group.amount])
        lines += [[row.date, row.text, row.number, row.amount] for row in group.rows]
        if group.untold:
            lines.append([None, _("and %s more") % group.untold, None, None])
    if state.closing is not None:
        kinds[len(lines)] = "grand"
        lines.append([state.date, _("Closing balance of the bank"), None, state.closing])
    bank = state.bank_account
    return table(
        title=_("State of the account"),
        subtitle=f"{bank} {bank.currency}" + (f" · {swiss_date(state.date)}" if state.date else ""),
        head=[_("Date"), _("Text"), _("Entry"), _("Amount")], rows=lines, name="bank-state",
        kinds=kinds,
    )  # fmt: skip
